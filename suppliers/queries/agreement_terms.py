"""Agreements as values: what a version says, what changed, which days nothing covers."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal

from suppliers.domain.agreement_terms import (
    HEADER,
    Change,
    Gap,
    Overlap,
    Period,
    Terms,
    diff,
    gaps,
    overlaps,
)
from suppliers.models import Agreement, AgreementLine, CallOff

#: Versions that say something about the days they cover: over ones only leave gaps behind.
COUNTED = ("draft", "pending_approval", "active", "suspended", "expired")


def terms_of(agreement: Agreement) -> Terms:
    """Return what one version says; 2 queries."""
    return _terms([agreement])[agreement.pk]


def _terms(agreements: Sequence[Agreement]) -> dict[int, Terms]:
    """Return what versions say, by primary key; 2 queries for any number."""
    prices: dict[int, dict[tuple[str, int], Decimal | None]] = {row.pk: {} for row in agreements}
    batches: dict[int, dict[tuple[str, dt.date], int]] = {row.pk: {} for row in agreements}
    lines = AgreementLine.objects.filter(agreement__in=agreements).order_by("sku__code", "min_qty")
    for pk, code, qty, price in lines.values_list("agreement_id", *_PRICE):
        prices[pk][code, qty] = price
    calls = CallOff.objects.filter(agreement__in=agreements).order_by("sku__code", "planned_on")
    for pk, code, day, qty in calls.values_list("agreement_id", *_BATCH):
        batches[pk][code, day] = qty
    return {
        row.pk: Terms(
            {name: getattr(row, name) for name in HEADER}, prices[row.pk], batches[row.pk]
        )
        for row in agreements
    }


_PRICE = ("sku__code", "min_qty", "unit_price")
_BATCH = ("sku__code", "planned_on", "qty")


def fingerprint(agreement: Agreement) -> str:
    """Return a hash of what a version says, to find edits made meanwhile."""
    return fingerprints([agreement])[agreement.pk]


def fingerprints(agreements: Sequence[Agreement]) -> dict[int, str]:
    """Return the hashes of what versions say, by primary key; 2 queries for any number."""
    return {pk: _hash(terms) for pk, terms in _terms(agreements).items()}


def _hash(terms: Terms) -> str:
    rows = [
        [str(terms.header[name]) for name in HEADER],
        [[*map(str, key), str(price)] for key, price in sorted(terms.prices.items())],
        [[*map(str, key), qty] for key, qty in sorted(terms.batches.items())],
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def changes(agreement: Agreement) -> list[Change]:
    """Return what a version changed against the one before it; nothing for the first."""
    if agreement.previous is None:
        return []
    return diff(terms_of(agreement.previous), terms_of(agreement))


def periods(agreement: Agreement) -> list[Period]:
    """Return the days on which the supplier's agreements cover this one's SKUs.

    Of one agreement the newest version counts on each day, so an older one ends the day before
    the newer begins.
    """
    skus = AgreementLine.objects.filter(agreement=agreement).values("sku_id")
    rows = (
        AgreementLine.objects.filter(
            agreement__supplier_id=agreement.supplier_id,
            agreement__state__in=COUNTED,
            sku_id__in=skus,
        )
        .values_list(
            "sku__code",
            "agreement__number",
            "agreement__version",
            "agreement__valid_from",
            "agreement__valid_until",
        )
        .order_by("sku__code", "agreement__number", "agreement__version")
        .distinct()
    )
    return _without_replaced_days(rows)


def coverage(agreement: Agreement) -> tuple[list[Gap], list[Overlap]]:
    """Return the uncovered and the twice covered days of the agreement's SKUs; 1 query."""
    found = periods(agreement)
    return gaps(found), overlaps(found)


def _without_replaced_days(rows: Iterable[tuple[str, str, int, dt.date, dt.date]]) -> list[Period]:
    kept: list[Period] = []
    begins: dict[tuple[str, str], dt.date] = {}
    for sku, number, version, first, last in sorted(rows, reverse=True):
        newer = begins.get((sku, number))
        end = last if newer is None else min(last, newer - dt.timedelta(days=1))
        begins[sku, number] = first if newer is None else min(first, newer)
        if end >= first:
            kept.append(Period(sku, f"{number} v{version}", first, end))
    return kept
