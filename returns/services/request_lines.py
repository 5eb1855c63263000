"""One line of a return: what may be asked for, and the row made of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.models.documents import StoredFile
from core.money import quantize
from returns.domain.policy import LineVerdict
from returns.models import ReturnLine, ReturnReason, ReturnRequest
from returns.queries.returnable import LineUnits
from returns.services import eligibility
from returns.services.request_errors import (
    ExchangeMissing,
    LineNotReturnable,
    OutcomeRefused,
    PhotoMissing,
    ReasonUnknown,
    UnitsGone,
    WayRefused,
)

PHOTO_KIND = "return_photo"
_Resolution = ReturnLine.Resolution


@dataclass(frozen=True, slots=True)
class LineDraft:
    """Units of one order line that shall come back. `photo_ids` are stored return photos."""

    order_line_id: int
    qty: int
    resolution: str = "refund"
    reason_code: str = ""
    note: str = ""
    exchange_sku_id: int | None = None
    photo_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LineCase:
    """A line as asked for, what is left of it, and what the policy says of it."""

    draft: LineDraft
    units: LineUnits
    verdict: LineVerdict
    reason: ReturnReason | None

    @property
    def name(self) -> str:
        """Return how a refusal names the line: the SKU's name, else what was ordered."""
        line = self.units.line
        return str((line.sku.name if line.sku else "") or line.description or line.sku_code)


def reasons_of(drafts: Collection[LineDraft]) -> dict[str, ReturnReason]:
    """Return the detail reasons in use that the drafts name, by code."""
    codes = {draft.reason_code for draft in drafts if draft.reason_code}
    rows = ReturnReason.objects.filter(code__in=codes, is_active=True, parent__isnull=False)
    return {row.code: row for row in rows.order_by("pk")}


def check_facts(case: LineCase, *, photos: Collection[int], asks_photo: bool) -> None:
    """Refuse what can't be, whoever asks.

    Raises:
        UnitsGone: fewer units are left.
        ReasonUnknown: the reason is none of the details in use.
        PhotoMissing: the reason asks for a photo and `asks_photo` says it must be there.
        ExchangeMissing: an exchange without what is wanted instead.
    """
    draft = case.draft
    if draft.qty > case.units.left_qty:
        raise UnitsGone(name=case.name, left=case.units.left_qty, qty=draft.qty)
    if case.reason is None:
        raise ReasonUnknown(reason=draft.reason_code[:40])
    if case.reason.asks_photo and asks_photo and not set(draft.photo_ids) & set(photos):
        raise PhotoMissing(name=case.name)
    if draft.resolution == _Resolution.EXCHANGE and draft.exchange_sku_id is None:
        raise ExchangeMissing(name=case.name)


def check_policy(case: LineCase, method: str) -> None:
    """Refuse what the policy does not offer.

    Raises:
        LineNotReturnable: the line may not come back.
        OutcomeRefused: not for this outcome.
        WayRefused: not this way.
    """
    verdict = case.verdict
    if outcome_of(case) not in verdict.resolutions and verdict.resolutions:
        raise OutcomeRefused(name=case.name, offered=", ".join(verdict.resolutions))
    if method not in verdict.methods and verdict.methods and not verdict.is_returnless:
        raise WayRefused(offered=", ".join(verdict.methods))
    if not verdict.is_allowed:
        why = eligibility.REFUSALS.get(verdict.refusal, verdict.refusal)
        raise LineNotReturnable(name=case.name, refusal=verdict.refusal, why=why)


def outcome_of(case: LineCase) -> str:
    """Return the outcome a line gets: a refund for what the customer keeps is called returnless."""
    if case.verdict.is_returnless and case.draft.resolution == _Resolution.REFUND:
        return str(_Resolution.RETURNLESS)
    return case.draft.resolution


def build(request: ReturnRequest, position: int, case: LineCase) -> ReturnLine:
    """Return the unsaved line: exact value of its units, the policy's shares, its verdict."""
    draft, units, verdict = case.draft, case.units, case.verdict
    value = units.value_of(draft.qty, request.currency)
    resolution = outcome_of(case)
    return ReturnLine(
        request=request,
        position=position,
        order_line=units.line,
        shipment_line_id=next(iter(units.shipment_line_ids), None),
        sku_id=units.line.sku_id,
        description=case.name[:300],
        qty=draft.qty,
        resolution=resolution,
        reason=case.reason,
        reason_note=draft.note.strip()[:500],
        unit_value_amount=quantize(value / draft.qty, request.currency),
        value_amount=value,
        restocking_share=verdict.restocking_share,
        bonus_share=verdict.bonus_share,
        is_kept=verdict.is_returnless,
        exchange_sku_id=draft.exchange_sku_id if resolution == _Resolution.EXCHANGE else None,
        policy=verdict.as_json(),
    )


def photos_of(drafts: Collection[LineDraft]) -> dict[int, StoredFile]:
    """Return the stored return photos that the drafts name; ids of other files are left out."""
    ids = {pk for draft in drafts for pk in draft.photo_ids}
    if not ids:
        return {}
    return StoredFile.objects.filter(kind=PHOTO_KIND).in_bulk(ids)
