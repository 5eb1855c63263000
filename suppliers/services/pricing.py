"""What a supplier's units cost: reads list, agreements and caps; the domain's pricing decides.

Reads only. A batch costs the same number of queries however many lines it has.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from core import settings_store
from core.errors import DomainError, gettext_noop
from suppliers.domain import defaults
from suppliers.domain.price_trace import Step
from suppliers.domain.pricing import (
    AgreedTerms,
    Ask,
    Factors,
    NoBase,
    PriceBreak,
    PriceQuote,
    quote,
)
from suppliers.models import Agreement, AgreementLine, ListPrice
from suppliers.queries.agreements import Used, used_of

__all__ = ["NoPrice", "PriceAsk", "PriceQuote", "Unpriced", "factors", "price_lines", "price_of"]


class NoPrice(DomainError):
    """Neither a list nor an agreement has a price for this; `data["trace"]` holds the steps."""

    code = "NO_PRICE"
    text = gettext_noop(
        "No list price and no agreement covers %(qty)s units in %(currency)s. Type the price with "
        "a reason, or add a list price."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAsk:
    """What all lines of one order share. `exclude_order_id`: its own units use up no cap."""

    supplier_id: int
    on: dt.date
    required_by: dt.date | None
    currency: str
    exclude_order_id: int | None = None


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A line nobody has a price for, and what was looked at."""

    sku_id: int
    qty: int
    trace: tuple[Step, ...]


def price_of(
    supplier_id: int,
    sku_id: int,
    qty: int,
    *,
    on: dt.date,
    required_by: dt.date | None,
    currency: str,
) -> PriceQuote:
    """Return the price of one unit when `qty` are ordered `on` that day.

    Raises:
        NoPrice: neither a list nor an agreement covers it.
    """
    ask = PriceAsk(supplier_id=supplier_id, on=on, required_by=required_by, currency=currency)
    found = price_lines(ask, [(sku_id, qty)])[0]
    if isinstance(found, Unpriced):
        raise NoPrice(qty=qty, currency=currency, trace=found.trace)
    return found


def price_lines(ask: PriceAsk, lines: Sequence[tuple[int, int]]) -> list[PriceQuote | Unpriced]:
    """Return a price per (SKU id, units), in the order given.

    Lines use caps up in that order, so of two lines of one order the later may fall back to the
    list. At most 4 queries.
    """
    sku_ids = {sku_id for sku_id, _qty in lines}
    lists = _lists(ask, sku_ids)
    agreed = _Agreed.load(ask, sku_ids)
    figures = factors()
    found: list[PriceQuote | Unpriced] = []
    for sku_id, qty in lines:
        asked = Ask(qty=qty, on=ask.on, required_by=ask.required_by, currency=ask.currency)
        try:
            quoted = quote(asked, lists.get(sku_id, ()), agreed.covering(sku_id), figures)
        except NoBase as error:
            found.append(Unpriced(sku_id, qty, error.trace))
            continue
        agreed.take(quoted, qty)
        found.append(quoted)
    return found


def factors() -> Factors:
    """Return the figures of urgency from the settings."""
    return Factors(
        cast(int, settings_store.get(defaults.URGENT_DAYS)),
        cast(Decimal, settings_store.get(defaults.URGENT_FACTOR)),
        cast(Decimal, settings_store.get(defaults.AGREEMENT_FACTOR)),
    )


def _lists(ask: PriceAsk, sku_ids: set[int]) -> dict[int, list[PriceBreak]]:
    rows = (
        ListPrice.objects.valid_on(ask.on)
        .filter(
            supplier_sku__supplier_id=ask.supplier_id,
            supplier_sku__sku_id__in=sku_ids,
            supplier_sku__currency=ask.currency,
        )
        .order_by("supplier_sku_id", "-valid_from", "min_qty")
        .values_list("supplier_sku__sku_id", "valid_from", "min_qty", "unit_price")
    )
    newest: dict[int, dt.date] = {}
    breaks: dict[int, list[PriceBreak]] = defaultdict(list)
    for sku_id, valid_from, min_qty, unit_price in rows:
        if newest.setdefault(sku_id, valid_from) == valid_from:
            breaks[sku_id].append(PriceBreak(min_qty, unit_price))
    return dict(breaks)


class _Agreed:
    """The agreements of one order, and what its lines take of their caps."""

    def __init__(self, terms: Mapping[int, list[tuple[int, AgreedTerms]]]) -> None:
        self._terms = terms
        self._taken: dict[int, tuple[int, Decimal]] = {}
        self._agreement_of_line = {
            one.line_id: agreement_id
            for rows in terms.values()
            for agreement_id, agreed in rows
            for one in agreed.breaks
        }

    @classmethod
    def load(cls, ask: PriceAsk, sku_ids: set[int]) -> _Agreed:
        """Read the standing agreements that name one of the SKUs."""
        rows = (
            AgreementLine.objects.filter(
                agreement__supplier_id=ask.supplier_id,
                agreement__state__in=("active", "suspended", "expired"),
                sku_id__in=sku_ids,
            )
            .select_related("agreement")
            .order_by("-agreement__version", "agreement_id", "min_qty", "pk")
        )
        lines: dict[int, dict[int, list[AgreementLine]]] = defaultdict(lambda: defaultdict(list))
        for line in rows:
            lines[line.sku_id][line.agreement_id].append(line)
        capped = {
            one[0].agreement_id
            for by_agreement in lines.values()
            for one in by_agreement.values()
            if one[0].agreement.cap_qty is not None or one[0].agreement.cap_amount is not None
        }
        used = used_of(capped, exclude_order_id=ask.exclude_order_id) if capped else {}
        terms = {
            sku_id: [(pk, _terms(found, used.get(pk))) for pk, found in by_agreement.items()]
            for sku_id, by_agreement in lines.items()
        }
        return cls({sku_id: _worth_naming(rows, ask.on) for sku_id, rows in terms.items()})

    def covering(self, sku_id: int) -> list[AgreedTerms]:
        """Return the agreements for a SKU with what the lines before this one left of them."""
        found = []
        for agreement_id, terms in self._terms.get(sku_id, ()):
            units, spent = self._taken.get(agreement_id, (0, Decimal(0)))
            left_qty = None if terms.left_qty is None else terms.left_qty - units
            left_amount = None if terms.left_amount is None else terms.left_amount - spent
            found.append(replace(terms, left_qty=left_qty, left_amount=left_amount))
        return found

    def take(self, quoted: PriceQuote, qty: int) -> None:
        """Count a line that was priced under an agreement."""
        if quoted.agreement_line_id is None:
            return
        agreement_id = self._agreement_of_line[quoted.agreement_line_id]
        units, spent = self._taken.get(agreement_id, (0, Decimal(0)))
        self._taken[agreement_id] = (units + qty, spent + quoted.unit_price * qty)


def _terms(lines: Sequence[AgreementLine], used: Used | None) -> AgreedTerms:
    agreement = lines[0].agreement
    taken = used or Used()
    return AgreedTerms(
        number=agreement.number,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        currency=agreement.currency,
        stacks=agreement.stacks,
        breaks=[PriceBreak(line.min_qty, line.unit_price, line.pk) for line in lines],
        is_active=agreement.state == Agreement.State.ACTIVE,
        left_qty=None if agreement.cap_qty is None else agreement.cap_qty - taken.qty,
        left_amount=None if agreement.cap_amount is None else agreement.cap_amount - taken.amount,
    )


def _worth_naming(
    rows: Sequence[tuple[int, AgreedTerms]], on: dt.date
) -> list[tuple[int, AgreedTerms]]:
    """Keep the newest begun version of each agreement; of those that ended, only the last."""
    best: dict[str, tuple[int, AgreedTerms]] = {}
    for pk, terms in rows:
        known = best.get(terms.number)
        if known is None or (known[1].valid_from > on >= terms.valid_from):
            best[terms.number] = (pk, terms)
    found = [best[number] for number in sorted(best)]
    standing = [one for one in found if one[1].valid_until >= on]
    return standing or sorted(found, key=lambda one: one[1].valid_until)[-1:]
