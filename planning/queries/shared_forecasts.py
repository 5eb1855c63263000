"""What suppliers were shown of the forecast, for them and for staff."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from planning.domain.shared_forecast import INDEX, OFF
from planning.models import ForecastShare, ForecastShareEvent, ForecastTerm
from suppliers.models import Agreement, Supplier, SupplierContact, SupplierLink

MOST_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Way:
    """How a supplier's forecast is shown, since `agreement` or by terms of its own."""

    way: str
    rounding_qty: int
    term: ForecastTerm | None
    agreement: Agreement | None


def ways_of(supplier_ids: Collection[int], *, today: dt.date) -> dict[int, Way]:
    """Return how each supplier's forecast is shown. Two statements."""
    terms = {
        term.supplier_id: term
        for term in ForecastTerm.objects.filter(supplier__in=supplier_ids).select_related(
            "agreement"
        )
    }
    agreed: dict[int, Agreement] = {}
    rows = Agreement.objects.in_force(today).filter(supplier__in=supplier_ids)
    for row in rows.order_by("supplier_id", "-valid_from", "-pk"):
        agreed.setdefault(row.supplier_id, row)
    return {pk: _way(terms.get(pk), agreed.get(pk)) for pk in supplier_ids}


def _way(term: ForecastTerm | None, agreement: Agreement | None) -> Way:
    if term is not None:
        return Way(term.way, term.rounding_qty, term, term.agreement)
    return Way(INDEX if agreement else OFF, 1, None, agreement)


def shares_of(link: SupplierLink) -> list[ForecastShare]:
    """Return what the supplier of a link was shown, the newest first, at most half a year."""
    rows = ForecastShare.objects.filter(supplier_id=link.supplier_id)
    return list(rows.order_by("-week_on")[:MOST_WEEKS])


def share_of(link: SupplierLink, week_on: dt.date) -> ForecastShare | None:
    """Return what the supplier of a link was shown in one week, or None."""
    return ForecastShare.objects.filter(supplier_id=link.supplier_id, week_on=week_on).first()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log of a share: what happened, to whom, when."""

    text: str
    who: str
    at: dt.datetime


def log_of(share: ForecastShare) -> list[Entry]:
    """Return who got a share and how, the earliest first. Two statements."""
    events = list(ForecastShareEvent.objects.filter(share=share).order_by("at", "pk"))
    ids = [int(key[8:]) for key in (row.who_key for row in events) if key.startswith("contact:")]
    named = dict(SupplierContact.objects.filter(pk__in=ids).values_list("pk", "name"))
    contacts = {f"contact:{pk}": name for pk, name in named.items()}
    return [
        Entry(
            str(row.get_kind_display()),
            contacts.get(row.who_key) or _by_link(row, share),
            row.at,
        )
        for row in events
    ]


def _by_link(row: ForecastShareEvent, share: ForecastShare) -> str:
    if row.kind == ForecastShareEvent.Kind.ACKNOWLEDGED:
        return share.acknowledged_name
    return row.who_key.replace("supplier:", "link ")


def suppliers_to_share(*, today: dt.date) -> list[tuple[Supplier, Way]]:
    """Return the suppliers in use that get a forecast now, by code. Three statements."""
    rows = list(Supplier.objects.active().order_by("code"))
    ways = ways_of([row.pk for row in rows], today=today)
    return [(row, ways[row.pk]) for row in rows if ways[row.pk].way != OFF]
