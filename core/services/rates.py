"""Exchange rates: typed in or imported, looked up by day, kept on the documents that use them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from core import audit, settings_store
from core.actors import Actor
from core.errors import DomainError, InputRefused, gettext_noop
from core.imports import snapshots
from core.imports.kinds import Change, UndoReport
from core.models.rates import ExchangeRate
from core.money import UnknownCurrency, exponent, quantize
from core.setting_defaults import BASE_CURRENCY

STEP = Decimal("0.0000000001")
LARGEST = Decimal(1_000_000_000)


class RateUnknown(DomainError):
    """No rate of the currency is known for the day or any day before it."""

    code = "RATE_UNKNOWN"
    text = gettext_noop(
        "No exchange rate of %(currency)s is known for %(on)s. Enter one under Exchange rates."
    )


class RateRefused(InputRefused):
    """The currency or the rate can't be one."""

    code = "RATE_REFUSED"
    text = gettext_noop(
        "%(currency)s at %(rate)s can't be a rate. Enter an ISO code other than %(base)s and what "
        "one unit is worth, above 0."
    )


@dataclass(frozen=True, slots=True)
class RateDraft:
    """One rate to write: one unit of `currency` is worth `rate` of the base from day `on`."""

    currency: str
    on: dt.date
    rate: Decimal


def base_currency() -> str:
    """Return the ISO code of the currency in which the books are kept."""
    return str(settings_store.get(BASE_CURRENCY)).upper()


def rate_on(currency: str, on: dt.date) -> Decimal:
    """Return what one unit of `currency` is worth in the base currency on a day.

    The newest rate at or before the day; 1 for the base currency itself.

    Raises:
        RateUnknown: there is none.
    """
    return rates_on([currency], on)[currency]


def rates_on(currencies: Iterable[str], on: dt.date) -> dict[str, Decimal]:
    """Return the rate of each currency on a day, in one query; see `rate_on`.

    Raises:
        RateUnknown: one of them has none.
    """
    wanted = set(currencies)
    found = known_rates(wanted, on)
    for currency in sorted(wanted - set(found)):
        raise RateUnknown(currency=currency or "?", on=on.isoformat())
    return found


def known_rates(currencies: Iterable[str], on: dt.date) -> dict[str, Decimal]:
    """Return the rate of each currency that has one on a day, in one query; see `rate_on`."""
    base, wanted = base_currency(), set(currencies)
    rows = ExchangeRate.objects.filter(currency__in=wanted - {base}, on__lte=on)
    found = dict(rows.order_by("on").values_list("currency", "rate_to_base"))
    found[base] = Decimal(1)
    return {currency: found[currency] for currency in wanted if currency in found}


def to_base(amount: Decimal, currency: str, on: dt.date) -> Decimal:
    """Return an amount in the base currency, rounded to its exponent.

    Raises:
        RateUnknown: the currency has no rate on the day.
    """
    return quantize(amount * rate_on(currency, on), base_currency())


@transaction.atomic
def put_rate(draft: RateDraft, *, actor: Actor, at: dt.datetime) -> ExchangeRate:
    """Write or correct the rate of one currency and day, with an audit entry.

    The same rate again changes nothing.

    Raises:
        RateRefused: an unknown currency, the base itself, or a rate that is not above zero.
    """
    return _put(draft, ExchangeRate.Source.TYPED, actor, at)[0]


@transaction.atomic
def import_rates(
    drafts: Sequence[RateDraft], *, actor: Actor, at: dt.datetime
) -> list[Change | None]:
    """Write rates of a file, all or none; return for each what changed, None for nothing.

    Raises:
        RateRefused: one of them can't be a rate.
    """
    return [_put(draft, ExchangeRate.Source.IMPORTED, actor, at)[1] for draft in drafts]


@transaction.atomic
def take_back(changes: Sequence[Change]) -> UndoReport:
    """Restore what an import changed; rates corrected since then stay."""
    return snapshots.take_back(changes, ExchangeRate)


def check(draft: RateDraft) -> RateDraft:
    """Return the draft with its currency in capitals and its rate at ten decimals.

    Raises:
        RateRefused: an unknown currency, the base itself, or a rate that is not above zero.
    """
    currency, base = draft.currency.strip().upper(), base_currency()
    refusal = RateRefused(currency=currency or "?", rate=str(draft.rate), base=base)
    try:
        exponent(currency)
    except UnknownCurrency as error:
        raise refusal from error
    if currency == base or not draft.rate.is_finite() or not 0 < draft.rate < LARGEST:
        raise refusal
    rate = draft.rate.quantize(STEP, rounding=ROUND_HALF_UP)
    if not rate:
        raise refusal
    return RateDraft(currency, draft.on, rate)


def _put(
    draft: RateDraft, source: str, actor: Actor, at: dt.datetime
) -> tuple[ExchangeRate, Change | None]:
    draft = check(draft)
    row = ExchangeRate.objects.select_for_update().filter(currency=draft.currency, on=draft.on)
    known = row.first()
    if known is not None and known.rate_to_base == draft.rate:
        return known, None
    before = snapshots.snapshot(known) if known is not None else None
    was = str(known.rate_to_base) if known is not None else None
    new, _made = ExchangeRate.objects.update_or_create(
        currency=draft.currency,
        on=draft.on,
        defaults={
            "rate_to_base": draft.rate,
            "source": source,
            "changed_at": at,
            "changed_by_key": actor.key,
        },
    )
    audit.record(
        actor=actor,
        action="core.rate_changed",
        target=f"exchange_rate:{new.pk}",
        before={"rate": was} if was is not None else None,
        after={"currency": draft.currency, "on": draft.on.isoformat(), "rate": str(draft.rate)},
        at=at,
    )
    return new, snapshots.changed(new, before) if before is not None else snapshots.created(new)
