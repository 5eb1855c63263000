"""Agreements being written: created, edited, versioned, discarded; none comes in force here."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.money import UnknownCurrency, exponent
from inventory.models import Sku
from suppliers.domain.agreement_terms import after
from suppliers.domain.pricing import BreaksRefused, PriceBreak, check_breaks
from suppliers.domain.states import IllegalMove
from suppliers.domain.terms import INCOTERMS
from suppliers.models import Agreement, AgreementLine, CallOff, Supplier
from suppliers.queries.agreement_terms import fingerprint
from suppliers.services.agreement_errors import (
    AgreementChanged,
    AgreementMissing,
    AgreementState,
    BadBatch,
    BadCurrency,
    BadFigure,
    BadPeriod,
    BadPriceBreak,
    NothingAgreed,
    VersionInWork,
)
from suppliers.services.errors import SkuMissing, SupplierMissing

MOST_UNITS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """From `min_qty` units of a SKU on, this price; None is a share off the list."""

    sku_code: str
    min_qty: int
    unit_price: Decimal | None


@dataclass(frozen=True, slots=True)
class BatchDraft:
    """Units of a SKU to call off on a day."""

    sku_code: str
    planned_on: dt.date
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementDraft:
    """What an agreement is to say. `valid_until` is its last day."""

    valid_from: dt.date
    valid_until: dt.date
    currency: str
    prices: Sequence[PriceDraft]
    batches: Sequence[BatchDraft] = ()
    title: str = ""
    incoterm: str = ""
    stacks: bool = False
    cap_amount: Decimal | None = None
    cap_qty: int | None = None
    clauses: str = ""


@transaction.atomic
def create(supplier_id: int, draft: AgreementDraft, *, actor: Actor, at: dt.datetime) -> Agreement:
    """Write a first version down as a draft.

    Raises:
        SupplierMissing, SkuMissing, NothingAgreed, BadPeriod, BadCurrency, BadPriceBreak, BadBatch,
        BadFigure: a part is refused; nothing is written.
    """
    if not Supplier.objects.active().filter(pk=supplier_id).exists():
        raise SupplierMissing(supplier=supplier_id)
    skus = _checked(draft)
    agreement = Agreement.objects.create(
        number=numbers.take("agreement")[0],
        supplier_id=supplier_id,
        created_at=at,
        created_by=actor.key,
        **_header(draft),
    )
    _write_lines(agreement, draft, skus)
    note(agreement, "created", actor=actor, at=at, after_values={"lines": len(draft.prices)})
    return agreement


@transaction.atomic
def edit(
    agreement_id: int, draft: AgreementDraft, *, expected: str, actor: Actor, at: dt.datetime
) -> Agreement:
    """Replace what a draft says. `expected` is the fingerprint it had when it was opened.

    Raises:
        AgreementChanged: somebody edited it meanwhile.
        AgreementState: it is no draft; write a new version instead.
        SkuMissing, NothingAgreed, BadPeriod, BadCurrency, BadPriceBreak, BadBatch, BadFigure: a
            part is refused.
    """
    agreement = lock(agreement_id)
    move(agreement, "edit")
    if fingerprint(agreement) != expected:
        raise AgreementChanged(number=agreement.number)
    skus = _checked(draft)
    for name, value in _header(draft).items():
        setattr(agreement, name, value)
    agreement.save(update_fields=list(_header(draft)))
    agreement.lines.all().delete()
    agreement.call_offs.all().delete()
    _write_lines(agreement, draft, skus)
    note(agreement, "edited", actor=actor, at=at, after_values={"lines": len(draft.prices)})
    return agreement


@transaction.atomic
def new_version(
    agreement_id: int,
    *,
    valid_from: dt.date,
    valid_until: dt.date,
    actor: Actor,
    at: dt.datetime,
) -> Agreement:
    """Begin the next version as a draft with the terms of this one and new days.

    Batches outside the new days are left out. The version in force stays as it is.

    Raises:
        VersionInWork: a newer version exists already.
        AgreementState: this one was never in force.
        BadPeriod: the last day does not follow the first.
    """
    agreement = lock(agreement_id)
    move(agreement, "renew")
    newest = Agreement.objects.filter(number=agreement.number).order_by("-version")[0]
    if newest.pk != agreement.pk:
        raise VersionInWork(number=newest.number, version=newest.version)
    draft = replace(as_draft(agreement), valid_from=valid_from, valid_until=valid_until)
    kept = tuple(one for one in draft.batches if valid_from <= one.planned_on <= valid_until)
    draft = replace(draft, batches=kept)
    skus = _checked(draft)
    version = Agreement.objects.create(
        number=agreement.number,
        version=agreement.version + 1,
        previous=agreement,
        supplier_id=agreement.supplier_id,
        created_at=at,
        created_by=actor.key,
        **_header(draft),
    )
    _write_lines(version, draft, skus)
    note(version, "versioned", actor=actor, at=at, after_values={"version": version.version})
    return version


@transaction.atomic
def discard(agreement_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Delete a draft that was never in force; its number is not used again.

    Raises:
        AgreementState: it is no draft.
    """
    agreement = lock(agreement_id)
    move(agreement, "edit")
    note(agreement, "discarded", actor=actor, at=at, after_values={"version": agreement.version})
    agreement.lines.all().delete()
    agreement.call_offs.all().delete()
    agreement.delete()


def as_draft(agreement: Agreement) -> AgreementDraft:
    """Return what a version says as a draft, to be edited or carried into a new version."""
    lines = agreement.lines.select_related("sku").order_by("sku__code", "min_qty")
    batches = agreement.call_offs.select_related("sku").order_by("planned_on", "sku__code")
    return AgreementDraft(
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
        currency=agreement.currency,
        prices=tuple(PriceDraft(row.sku.code, row.min_qty, row.unit_price) for row in lines),
        batches=tuple(BatchDraft(row.sku.code, row.planned_on, row.qty) for row in batches),
        title=agreement.title,
        incoterm=agreement.incoterm,
        stacks=agreement.stacks,
        cap_amount=agreement.cap_amount,
        cap_qty=agreement.cap_qty,
        clauses=agreement.clauses,
    )


def lock(agreement_id: int) -> Agreement:
    """Return the agreement, its row locked until the caller's transaction ends.

    Raises:
        AgreementMissing: there is none.
    """
    rows = Agreement.objects.select_for_update(of=("self",), no_key=True)
    agreement = rows.select_related("supplier").filter(pk=agreement_id).first()
    if agreement is None:
        raise AgreementMissing
    return agreement


def move(agreement: Agreement, step: str) -> str:
    """Return the state `step` leads to from the agreement's state.

    Raises:
        AgreementState: its table has no such step from there.
    """
    try:
        return after(agreement.state, step)
    except IllegalMove as error:
        raise refused(agreement) from error


def refused(agreement: Agreement) -> AgreementState:
    """Return the refusal that names the agreement and its state."""
    return AgreementState(number=str(agreement), state=agreement.get_state_display())


def note(
    agreement: Agreement,
    what: str,
    *,
    actor: Actor,
    at: dt.datetime,
    after_values: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    """Write what was done to an agreement into its timeline."""
    audit.record(
        actor=actor,
        action=f"suppliers.agreement_{what}",
        target=f"agreement:{agreement.pk}",
        at=at,
        after={"number": str(agreement), "state": str(agreement.state), **(after_values or {})},
        reason=reason,
    )


def check_terms(draft: AgreementDraft) -> None:
    """Refuse what no agreement may say, whoever asks.

    Raises:
        SkuMissing, NothingAgreed, BadPeriod, BadCurrency, BadPriceBreak, BadBatch, BadFigure.
    """
    _checked(draft)


def check_currency(currency: str) -> None:
    """Refuse what is no ISO 4217 code.

    Raises:
        BadCurrency.
    """
    try:
        exponent(currency)
    except UnknownCurrency as error:
        raise BadCurrency(currency=currency or "—") from error


def _checked(draft: AgreementDraft) -> dict[str, Sku]:
    if draft.valid_until <= draft.valid_from:
        raise BadPeriod(first=draft.valid_from.isoformat(), last=draft.valid_until.isoformat())
    check_currency(draft.currency)
    _check_figures(draft)
    codes = {one.sku_code for one in draft.prices}
    if not codes:
        raise NothingAgreed
    skus = {sku.code: sku for sku in Sku.objects.filter(code__in=codes)}
    for code in sorted(codes - skus.keys()):
        raise SkuMissing(sku=code)
    _check_prices(draft.prices)
    _check_batches(draft, codes)
    return skus


def _check_figures(draft: AgreementDraft) -> None:
    if draft.incoterm and draft.incoterm not in INCOTERMS:
        raise BadFigure(what="Incoterm", value=draft.incoterm)
    for what, value in (("Cap", draft.cap_amount), ("Cap", draft.cap_qty)):
        if value is not None and value <= 0:
            raise BadFigure(what=what, value=value)


def _check_prices(prices: Sequence[PriceDraft]) -> None:
    by_sku: dict[str, list[PriceBreak]] = defaultdict(list)
    for one in prices:
        by_sku[one.sku_code].append(PriceBreak(one.min_qty, one.unit_price))
    for code, breaks in sorted(by_sku.items()):
        try:
            check_breaks(breaks)
        except BreaksRefused as error:
            raise BadPriceBreak(sku=code, min_qty=error.min_qty, why=error.why) from error


def _check_batches(draft: AgreementDraft, codes: set[str]) -> None:
    seen = set()
    for one in draft.batches:
        inside = draft.valid_from <= one.planned_on <= draft.valid_until
        key = (one.sku_code, one.planned_on)
        if one.sku_code not in codes or not inside or key in seen or not 0 < one.qty <= MOST_UNITS:
            raise BadBatch(sku=one.sku_code, day=one.planned_on.isoformat())
        seen.add(key)


def _header(draft: AgreementDraft) -> dict[str, object]:
    return {
        "title": draft.title,
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
        "currency": draft.currency,
        "incoterm": draft.incoterm,
        "stacks": draft.stacks,
        "cap_amount": draft.cap_amount,
        "cap_qty": draft.cap_qty,
        "clauses": draft.clauses,
    }


def _write_lines(agreement: Agreement, draft: AgreementDraft, skus: dict[str, Sku]) -> None:
    AgreementLine.objects.bulk_create(
        [
            AgreementLine(
                agreement=agreement,
                sku=skus[one.sku_code],
                min_qty=one.min_qty,
                unit_price=one.unit_price,
            )
            for one in draft.prices
        ],
        batch_size=500,
    )
    CallOff.objects.bulk_create(
        [
            CallOff(
                agreement=agreement,
                sku=skus[one.sku_code],
                planned_on=one.planned_on,
                qty=one.qty,
            )
            for one in draft.batches
        ],
        batch_size=500,
    )
