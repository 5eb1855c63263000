"""A customer's return while it is being chosen, page by page, and the moment it is asked for.

The pages hold nothing between each other: what was chosen stands in a `ReturnDraft` of the
tracking link. Each page names the version it was drawn from, and the last one the money it showed;
what differs meanwhile is refused and shown anew.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from core import files
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from orders.models import Order
from returns.domain.refund_math import WAY_OF, Breakdown
from returns.models import ReturnDraft, ReturnDraftPhoto, ReturnRequest
from returns.queries import returnable
from returns.queries.returnable import LineUnits
from returns.services import eligibility, exchange_offers, refunds, request_lines, requesting
from returns.services.eligibility import EligibleLine, OrderReturns
from returns.services.policies import LineWant
from returns.services.refunds import PreviewLine
from returns.services.request_errors import LineNotReturnable, UnitsGone
from returns.services.request_lines import LineDraft
from returns.services.requesting import RequestDraft
from shipping.models import PublicLink

#: A draft that nobody sends is forgotten after this time.
LIFE: Final = dt.timedelta(days=2)
MOST_PHOTOS: Final = 4
KEEP: Final = "keep"
USUAL: Final = "label"


class DraftGone(StateConflict):
    """Nothing was chosen yet, or the choice has ended."""

    code = "RETURN_DRAFT_GONE"
    text = gettext_noop("What you chose has ended. Choose the items again.")


class DraftChanged(StateConflict):
    """Another window changed what was chosen."""

    code = "RETURN_DRAFT_CHANGED"
    text = gettext_noop("You changed this return in another window. Look at it again below.")


class TermsChanged(StateConflict):
    """What the page showed no longer holds: the policy, the price of the way back, the units."""

    code = "RETURN_TERMS_CHANGED"
    text = gettext_noop("The amounts have changed since you looked. Check them again below.")


class OutcomeMissing(InputRefused):
    """An item has no outcome yet, or one that is not offered."""

    code = "RETURN_OUTCOME_MISSING"
    text = gettext_noop("Choose what you would like for %(name)s.")


class TooManyPhotos(InputRefused):
    """A line has as many photos as are kept."""

    code = "RETURN_PHOTOS"
    text = gettext_noop("%(most)s photos of one item are enough. The others were left out.")


@dataclass(frozen=True, slots=True)
class ItemChoice:
    """Units of one line and why they come back."""

    order_line_id: int
    qty: int
    reason_code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one line becomes; `sku_id` names the variant of an exchange."""

    order_line_id: int
    resolution: str
    sku_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a draft beside what the policy says of it now.

    `value_amount` is what was paid for exactly these units; 0 where they are gone.
    """

    line: EligibleLine
    qty: int
    value_amount: Decimal
    reason_code: str
    note: str
    resolution: str
    sku_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A draft judged at one moment. `methods` are the ways back that all lines allow."""

    draft: ReturnDraft
    returns: OrderReturns
    choices: tuple[Choice, ...]
    methods: tuple[str, ...]
    method: str
    money: Breakdown | None = None
    expected_on: dt.date | None = None
    photo_ids: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Say whether every line has an outcome."""
        return all(one.resolution for one in self.choices)

    @property
    def is_outdated(self) -> bool:
        """Say whether units are gone, or no longer allowed, since they were chosen."""
        return any(one.line.refusal or one.qty > one.line.left_qty for one in self.choices)

    @property
    def seen(self) -> str:
        """Return a fingerprint of what the last page promises, whatever the way back."""
        shown = {
            "lines": [
                [one.line.order_line_id, one.qty, one.resolution, one.sku_id]
                for one in self.choices
            ],
            "verdicts": [one.line.verdict.as_json() for one in self.choices],
            "money": self.money.as_json() if self.money else {},
            "payer": self.returns.decision.label_payer,
        }
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def current(link: PublicLink, *, at: dt.datetime) -> ReturnDraft | None:
    """Return what a link's customer has chosen and not sent, if it has not ended."""
    rows = ReturnDraft.objects.filter(link=link, request__isnull=True, expires_at__gt=at)
    return rows.select_related("order").first()


def last_sent(link: PublicLink) -> ReturnRequest | None:
    """Return the request that the link's last draft became, None while one is being chosen."""
    row = ReturnDraft.objects.filter(link=link).select_related("request").first()
    return row.request if row else None


@transaction.atomic
def choose_items(
    link: PublicLink, order_id: int, items: Sequence[ItemChoice], *, at: dt.datetime
) -> ReturnDraft:
    """Keep which units come back and why; outcomes of lines chosen before stay.

    Raises:
        UnitsGone: fewer units are left.
        LineNotReturnable: the policy does not take a line back for this reason.
    """
    wants = [LineWant(one.order_line_id, one.qty, one.reason_code) for one in items]
    judged = eligibility.for_order(order_id, at=at, wants=wants)
    for one in items:
        _check(judged.line(one.order_line_id), one.qty)
    draft = _open(link, order_id, at)
    before = draft.choices.get("lines", {})
    lines = {
        str(one.order_line_id): {
            **_kept(before.get(str(one.order_line_id), {})),
            "qty": one.qty,
            "reason": one.reason_code,
            "note": one.note[:500],
        }
        for one in items
    }
    _write(draft, {**draft.choices, "lines": lines}, at)
    draft.photos.exclude(order_line_id__in=[one.order_line_id for one in items]).delete()
    return draft


def _kept(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("resolution", "sku") if name in line}


def _check(line: EligibleLine | None, qty: int) -> None:
    if line is None:
        raise DraftGone
    if qty > line.left_qty:
        raise UnitsGone(name=line.name, left=line.left_qty, qty=qty)
    if line.refusal:
        raise LineNotReturnable(name=line.name, refusal=line.refusal, why=line.refusal_text)


def _open(link: PublicLink, order_id: int, at: dt.datetime) -> ReturnDraft:
    """Return the link's draft, begun anew where the last one was sent or has ended."""
    row = ReturnDraft.objects.select_for_update().filter(link=link).first()
    if row is not None and row.request_id is None and row.expires_at > at:
        return row
    fresh = {
        "order_id": order_id,
        "choices": {},
        "version": 1,
        "submission_key": f"portal:{secrets.token_hex(16)}",
        "request": None,
        "created_at": at,
        "updated_at": at,
        "expires_at": at + LIFE,
    }
    row, _made = ReturnDraft.objects.update_or_create(link=link, defaults=fresh)
    row.photos.all().delete()
    return row


def _write(draft: ReturnDraft, choices: Mapping[str, Any], at: dt.datetime) -> None:
    draft.choices, draft.updated_at, draft.expires_at = dict(choices), at, at + LIFE
    draft.version += 1
    draft.save(update_fields=["choices", "version", "updated_at", "expires_at"])


def add_photos(
    draft: ReturnDraft, order_line_id: int, photos: Sequence[bytes], *, at: dt.datetime
) -> None:
    """Keep photos (JPEG, already drawn anew) of one line. Repeatable.

    Raises:
        TooManyPhotos: the line has four already; those that fit are kept.
    """
    room = MOST_PHOTOS - draft.photos.filter(order_line_id=order_line_id).count()
    for content in photos[: max(0, room)]:
        stored = files.store(
            content,
            f"return-order-{draft.order_id}.jpg",
            request_lines.PHOTO_KIND,
            content_type="image/jpeg",
        )
        ReturnDraftPhoto.objects.get_or_create(
            draft=draft, order_line_id=order_line_id, file=stored, defaults={"created_at": at}
        )
    if len(photos) > room:
        raise TooManyPhotos(most=MOST_PHOTOS)


@transaction.atomic
def choose_outcomes(
    draft_id: int, version: int, outcomes: Sequence[Outcome], *, at: dt.datetime
) -> ReturnDraft:
    """Keep what each line becomes.

    Raises:
        DraftGone, DraftChanged: the page is older than the draft.
        OutcomeMissing: a line has none, or one that is not offered.
        VariantGone: the variant of an exchange was sold meanwhile.
    """
    draft = _lock(draft_id, version, at)
    chosen = {one.order_line_id: one for one in outcomes}
    lines = {key: dict(line) for key, line in draft.choices["lines"].items()}
    for one in standing(draft, at=at).choices:
        outcome = chosen.get(one.line.order_line_id)
        if outcome is None or outcome.resolution not in one.line.verdict.resolutions:
            raise OutcomeMissing(name=one.line.name)
        if outcome.resolution == "exchange":
            if outcome.sku_id is None:
                raise OutcomeMissing(name=one.line.name)
            exchange_offers.still_offered(one.line.order_line_id, outcome.sku_id, one.qty, at=at)
        lines[str(one.line.order_line_id)] |= {
            "resolution": outcome.resolution,
            "sku": outcome.sku_id,
        }
    _write(draft, {**draft.choices, "lines": lines}, at)
    return draft


def _lock(draft_id: int, version: int, at: dt.datetime) -> ReturnDraft:
    row = ReturnDraft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None or row.request_id is not None or row.expires_at <= at:
        raise DraftGone
    # SQLite has no row locks: whoever comes second finds no row of this version.
    taken = ReturnDraft.objects.filter(pk=draft_id, version=version)
    if row.version != version or not taken.update(updated_at=at):
        raise DraftChanged
    return row


def standing(
    draft: ReturnDraft, *, at: dt.datetime, method: str = "", with_money: bool = False
) -> Standing:
    """Judge a draft by the policy of this moment. Money only where every line has an outcome."""
    lines: dict[str, dict[str, Any]] = draft.choices.get("lines", {})
    wants = [
        LineWant(int(pk), line["qty"], line["reason"], line.get("resolution", ""))
        for pk, line in lines.items()
    ]
    # The usual way is tried first, so that the policy is asked once as a rule.
    tried = (method or USUAL) if with_money else method
    judged = eligibility.for_order(draft.order_id, at=at, wants=wants, method=tried)
    order = judged.order
    units = returnable.units_of(order).by_id
    choices = tuple(
        _choice(known, units[known.order_line_id], lines[str(known.order_line_id)], order)
        for known in judged.lines
        if str(known.order_line_id) in lines
    )
    methods = _methods(choices)
    chosen = method if method in methods else (methods[0] if methods else "")
    found = Standing(draft, judged, choices, methods, chosen)
    if not with_money or not found.is_complete:
        return found
    if chosen != tried:
        judged = eligibility.for_order(draft.order_id, at=at, wants=wants, method=chosen)
    return Standing(
        draft,
        judged,
        choices,
        methods,
        chosen,
        money=_money(draft.order_id, judged, choices),
        expected_on=refunds.expected_on(judged.decision.processing_event, at=at),
        photo_ids=_photos(draft),
    )


def _choice(
    line: EligibleLine, units: LineUnits, chosen: Mapping[str, Any], order: Order
) -> Choice:
    qty = int(chosen["qty"])
    return Choice(
        line=line,
        qty=qty,
        value_amount=units.value_of(qty, order.currency) if qty <= line.left_qty else Decimal(0),
        reason_code=chosen["reason"],
        note=chosen.get("note", ""),
        resolution=_offered(chosen, line),
        sku_id=chosen.get("sku"),
    )


def _offered(chosen: Mapping[str, Any], line: EligibleLine) -> str:
    resolution = str(chosen.get("resolution", ""))
    return resolution if resolution in line.verdict.resolutions else ""


def _methods(choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return the ways back that every line allows that is sent back at all."""
    sent_back = [one.line.verdict for one in choices if not one.line.verdict.is_returnless]
    if not sent_back:
        return (KEEP,)
    shared = [
        code
        for code in sent_back[0].methods
        if code != KEEP and all(code in verdict.methods for verdict in sent_back)
    ]
    return tuple(shared)


def _money(order_id: int, judged: OrderReturns, choices: Sequence[Choice]) -> Breakdown:
    lines = [
        PreviewLine(
            order_line_id=one.line.order_line_id,
            qty=one.qty,
            value_amount=one.value_amount,
            resolution=one.resolution,
            restocking_share=judged.decision.line(one.line.order_line_id).restocking_share,
            bonus_share=judged.decision.line(one.line.order_line_id).bonus_share,
        )
        for one in choices
        if one.resolution in WAY_OF
    ]
    return refunds.preview(
        order_id,
        lines,
        return_shipping_amount=judged.decision.return_shipping_amount,
        refunds_original_shipping=judged.decision.refunds_original_shipping,
    )


def _photos(draft: ReturnDraft) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for line_id, file_id in draft.photos.order_by("pk").values_list("order_line_id", "file_id"):
        found[line_id] = (*found.get(line_id, ()), file_id)
    return found


@dataclass(frozen=True, slots=True)
class Sending:
    """What the last page says: the version and the money it showed, the way back, the language."""

    version: int
    seen: str
    method: str
    language: str = ""


def send(draft_id: int, wish: Sending, *, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Ask for the return. Once: a repeat returns the request that came of it.

    Raises:
        DraftGone, DraftChanged, TermsChanged: the page no longer holds.
        VariantGone: the variant of an exchange was sold meanwhile.
        DomainError: what `requesting.submit` refuses.
    """
    row = ReturnDraft.objects.filter(pk=draft_id).select_related("request").first()
    if row is not None and row.request is not None:
        return row.request
    return _send(draft_id, wish, actor, at)


@transaction.atomic
def _send(draft_id: int, wish: Sending, actor: Actor, at: dt.datetime) -> ReturnRequest:
    draft = _lock(draft_id, wish.version, at)
    now = standing(draft, at=at, method=wish.method, with_money=True)
    if not now.is_complete or now.method != wish.method or now.seen != wish.seen:
        raise TermsChanged
    for one in now.choices:
        if one.resolution == "exchange" and one.sku_id is not None:
            exchange_offers.still_offered(one.line.order_line_id, one.sku_id, one.qty, at=at)
    request = requesting.submit(_request_of(now, wish), actor=actor, at=at)
    ReturnDraft.objects.filter(pk=draft.pk).update(
        request=request, updated_at=at, version=F("version") + 1
    )
    return request


def _request_of(now: Standing, wish: Sending) -> RequestDraft:
    lines = tuple(
        LineDraft(
            order_line_id=one.line.order_line_id,
            qty=one.qty,
            resolution=one.resolution,
            reason_code=one.reason_code,
            note=one.note,
            exchange_sku_id=one.sku_id if one.resolution == "exchange" else None,
            photo_ids=now.photo_ids.get(one.line.order_line_id, ()),
        )
        for one in now.choices
    )
    return RequestDraft(
        order_id=now.draft.order_id,
        lines=lines,
        source="portal",
        method=wish.method,
        submission_key=now.draft.submission_key,
        language=wish.language,
    )


def sweep(*, now: dt.datetime) -> int:
    """Delete drafts that have ended; return how many. Repeatable."""
    deleted, _by_model = ReturnDraft.objects.filter(expires_at__lte=now).delete()
    return deleted
