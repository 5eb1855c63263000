"""Kits: an edit makes a new version; open orders keep the one they were exploded with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, NotFound, gettext_noop
from inventory.domain.catalog import BomLineDraft
from inventory.domain.kits import Part, explode, needed, round_shares
from inventory.models import Bom, BomLine, Sku
from inventory.queries.kits import read_boms

KITS = frozenset({"virtual_kit", "assembled_kit"})


class UnknownKit(NotFound):
    """No kit of this code."""

    code = "UNKNOWN_KIT"
    text = gettext_noop("%(kit)s is not a kit. Create it as a kit first.")


class UnknownComponent(InputRefused):
    """A component that does not exist, or is not a thing."""

    code = "UNKNOWN_COMPONENT"
    text = gettext_noop("%(component)s can't be a component. Check its code.")


class BadParts(InputRefused):
    """A kit without a component it always has, or one of them twice or without a quantity."""

    code = "BAD_PARTS"
    text = gettext_noop(
        "A kit needs components, each once and with a quantity of 1 or more; one of them not "
        "optional."
    )


class OptionalNeedsAssembly(InputRefused):
    """Only a kit that is built can be built without a component."""

    code = "OPTIONAL_NEEDS_ASSEMBLY"
    text = gettext_noop(
        "%(kit)s is not assembled by work order, so all its components are needed. Untick optional."
    )


class OptionalNeedsLots(InputRefused):
    """Kits with and without a component could not be told apart."""

    code = "OPTIONAL_NEEDS_LOTS"
    text = gettext_noop(
        "%(kit)s may be built without a component. Make it tracked by lot first: the lot says what "
        "is in it."
    )


class SharesDontSum(InputRefused):
    """The price shares of a kit do not sum to exactly 1."""

    code = "SHARES_DONT_SUM"
    text = gettext_noop("The price shares sum to %(total)s, not 1. Correct or empty them.")


@transaction.atomic
def save_bom(kit_code: str, lines: Sequence[BomLineDraft], *, actor: Actor, at: dt.datetime) -> Bom:
    """Make these components the current version of a kit; the same again returns it unchanged.

    Without shares the price is shared by list price times units, else by units. Locks the kit.

    Raises:
        UnknownKit, UnknownComponent, BadParts, SharesDontSum, OptionalNeedsAssembly,
            OptionalNeedsLots: the draft is refused.
        KitCycle, KitTooDeep: the kit could not be exploded.
    """
    kit = Sku.objects.filter(code=kit_code, kind__in=KITS).select_for_update(no_key=True).first()
    if kit is None:
        raise UnknownKit(kit=kit_code)
    parts = _parts(lines)
    _check_optional(kit, parts)
    boms = {**read_boms([part.component_id for part in parts], assembled_too=True), kit.pk: parts}
    explode(kit.pk, boms)
    current = Bom.objects.current().filter(kit=kit).first()
    if current is not None and _parts_of(current) == parts:
        return current
    version = current.version + 1 if current else 1
    Bom.objects.current().filter(kit=kit).update(is_current=False)
    bom = Bom.objects.create(kit=kit, version=version, created_at=at, created_by=actor.key)
    BomLine.objects.bulk_create(
        [
            BomLine(
                bom=bom,
                component_id=part.component_id,
                qty=part.qty,
                price_share=part.price_share,
                is_optional=part.is_optional,
            )
            for part in parts
        ]
    )
    audit.record(
        actor=actor,
        action="inventory.kit_defined",
        target=f"sku:{kit.pk}",
        at=at,
        after={"version": version, "parts": {str(row.component_id): row.qty for row in parts}},
    )
    return bom


def _parts_of(bom: Bom) -> list[Part]:
    rows = BomLine.objects.filter(bom=bom).order_by("pk")
    return [Part(row.component_id, row.qty, row.price_share, row.is_optional) for row in rows]


def _check_optional(kit: Sku, parts: Sequence[Part]) -> None:
    if len(needed(parts)) == len(parts):
        return
    if kit.kind != Sku.Kind.ASSEMBLED_KIT:
        raise OptionalNeedsAssembly(kit=kit.code)
    if not kit.lot_tracked:
        raise OptionalNeedsLots(kit=kit.code)


def _parts(lines: Sequence[BomLineDraft]) -> list[Part]:
    codes = [line.component_code for line in lines]
    if not any(not line.is_optional for line in lines) or len(set(codes)) < len(codes):
        raise BadParts
    if min(line.qty for line in lines) < 1:
        raise BadParts
    skus = {sku.code: sku for sku in Sku.objects.filter(code__in=codes).exclude(kind="service")}
    for code in codes:
        if code not in skus:
            raise UnknownComponent(component=code)
    shares = _shares(lines, skus)
    return [
        Part(skus[line.component_code].pk, line.qty, share, line.is_optional)
        for line, share in zip(lines, shares, strict=True)
    ]


def _shares(lines: Sequence[BomLineDraft], skus: Mapping[str, Sku]) -> list[Decimal]:
    given = [line.price_share for line in lines]
    known = [share for share in given if share is not None]
    if known:
        total = sum(known, Decimal(0))
        if len(known) < len(given) or total != 1:
            raise SharesDontSum(total=total)
        return known
    prices = [skus[line.component_code].list_price for line in lines]
    if all(prices):
        pairs = zip(prices, lines, strict=True)
        return round_shares([(price or Decimal(0)) * line.qty for price, line in pairs])
    return round_shares([Decimal(line.qty) for line in lines])
