"""What is expected, what came otherwise than announced, and which arrival a code names."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import (
    Case,
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    Prefetch,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from core.permissions import Principal
from suppliers.models import Asn, AsnContent, AsnLine
from suppliers.querysets.arrivals import EXPECTED

#: Units of a line that are still expected: as `AsnLine.open_qty`.
OPEN_UNITS = Greatest(
    ExpressionWrapper(
        Coalesce(F("announced_qty"), 0)
        - F("received_qty")
        - F("damaged_qty")
        - F("held_qty")
        - F("short_qty"),
        output_field=IntegerField(),
    ),
    Value(0),
)


def with_lines(rows: QuerySet[Asn]) -> QuerySet[Asn]:
    """Join what a page of one arrival shows."""
    lines = AsnLine.objects.select_related("sku").order_by("sku__code", "pk")
    return rows.select_related("supplier", "warehouse", "purchase_order").prefetch_related(
        Prefetch("lines", lines), "cartons"
    )


def announced_contents(asn: Asn) -> QuerySet[AsnContent]:
    """Return what the supplier says lies in which carton, with lot and expiry, in its order."""
    rows = AsnContent.objects.filter(asn_line__asn=asn)
    return rows.select_related("asn_line__sku", "carton").order_by("position", "pk")


def arrivals_at_dock(principal: Principal) -> QuerySet[Asn]:
    """Return the arrivals that may still be counted, goods at the dock first, then by day."""
    rows = Asn.objects.visible_to(principal).expected().select_related("supplier", "warehouse")
    standing = Case(When(state="announced", then=1), default=0, output_field=IntegerField())
    return rows.annotate(standing=standing, line_count=Count("lines", distinct=True)).order_by(
        "standing", F("expected_on").asc(nulls_last=True), "pk"
    )


def find_arrival(principal: Principal, code: str) -> Asn | None:
    """Return the arrival a scanned code names: its number, SSCC, tracking or supplier's number.

    An open arrival wins over a closed one, the newest over older ones.
    """
    if not code:
        return None
    named = (
        Q(number=code)
        | Q(cartons__sscc=code)
        | Q(tracking=code)
        | (Q(reference=code) & ~Q(reference=""))
    )
    rows = Asn.objects.visible_to(principal).filter(named).exclude(state="cancelled")
    is_open = Case(When(state__in=EXPECTED, then=0), default=1, output_field=IntegerField())
    return rows.annotate(is_open=is_open).order_by("is_open", "-pk").distinct().first()


def incoming_units(sku_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Return (warehouse id, SKU id) -> units still expected; what was given up counts no more."""
    rows = (
        AsnLine.objects.filter(sku_id__in=sku_ids, asn__state__in=EXPECTED)
        .values("asn__warehouse_id", "sku_id")
        .annotate(units=Sum(OPEN_UNITS))
        .order_by("asn__warehouse_id", "sku_id")
    )
    return {(row["asn__warehouse_id"], row["sku_id"]): row["units"] for row in rows if row["units"]}


def differences(principal: Principal) -> QuerySet[AsnLine]:
    """Return the lines that came otherwise than announced: too much, damaged, held, given up.

    A line of a closed arrival with units that never came counts as short.
    """
    rows = AsnLine.objects.visible_to(principal).select_related("asn__supplier", "asn__warehouse")
    over = Q(announced_qty__lt=F("received_qty") + F("damaged_qty") + F("held_qty"))
    return rows.select_related("sku").filter(
        over | Q(damaged_qty__gt=0) | Q(held_qty__gt=0) | Q(short_qty__gt=0)
    )
