"""Coupon codes: loaded for a campaign, taken by one parcel each, free again when undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from fulfillment.models import CartonExtra, CouponCode, InsertCampaign

MOST_CODES = 100_000
MOST_TRIES = 20

#: The guard that lets one parcel only have a code. Race tests take it out as a control.
GUARD: dict[str, str] = {"state": "free"}


class NoCodeLeft(StateConflict):
    """Every code of the campaign is in a parcel."""

    code = "NO_CODE_LEFT"
    text = gettext_noop("Campaign %(campaign)s has no code left. Scan CMD-SHORT to go on.")


class CodeTaken(StateConflict):
    """The scanned code lies in another parcel, or is void."""

    code = "CODE_TAKEN"
    text = gettext_noop(
        "%(code)s lies in another parcel or is void. Put this card aside and take another one."
    )


class BadCodes(InputRefused):
    """Codes that can't be loaded: none, too many, too long, or twice in the file."""

    code = "BAD_CODES"
    text = gettext_noop(
        "Line %(line)s can't be used (%(what)s). Codes have 4 to 40 letters, digits or hyphens, "
        "each once."
    )


def take(extra: CartonExtra, *, code: str = "", at: dt.datetime) -> CouponCode | None:
    """Give an extra its coupon code: the scanned one, else the next free one.

    Returns None for a campaign without codes. One parcel only gets a code: the row is taken by a
    conditional UPDATE, and a race for the next free one is tried again with the one after it.

    Raises:
        NoCodeLeft: all codes are used.
        CodeTaken: the scanned code is not free, or of another campaign.
    """
    mine = CouponCode.objects.filter(campaign_id=extra.campaign_id)
    if code:
        found = mine.filter(code=code, state="free").first()
        if found is None or not _mark(found.pk, extra, at):
            raise CodeTaken(code=code)
        return CouponCode.objects.get(pk=found.pk)
    if not mine.exists():
        return None
    for _try in range(MOST_TRIES):
        free = mine.free().first()
        if free is None:
            break
        if _mark(free.pk, extra, at):
            return CouponCode.objects.get(pk=free.pk)
    campaign = InsertCampaign.objects.filter(extras=extra).values_list("code", flat=True)
    raise NoCodeLeft(campaign=campaign.first())


def give_back(extra: CartonExtra) -> None:
    """Make the code of an extra free again: its card was taken out of the box."""
    CouponCode.objects.filter(extra=extra, state="assigned").update(
        state="free", extra=None, assigned_at=None
    )


def campaign_of(code: str) -> int | None:
    """Return the campaign a coupon code belongs to, None for a text that is no code of ours."""
    rows = CouponCode.objects.filter(code=code).values_list("campaign_id", flat=True)
    return rows.first()


@transaction.atomic
def load(
    campaign: InsertCampaign, codes: Sequence[str], *, actor: Actor, at: dt.datetime
) -> tuple[int, int]:
    """Add codes to a campaign; return how many are new and how many it had already.

    Raises:
        BadCodes: a code is malformed, twice in the list, or of another campaign; none is added.
    """
    seen: set[str] = set()
    for number, code in enumerate(codes, 1):
        if code in seen or not 4 <= len(code) <= 40 or not _is_plain(code):
            raise BadCodes(line=number, what=code[:40])
        seen.add(code)
    if not 0 < len(codes) <= MOST_CODES:
        raise BadCodes(line=0, what=str(len(codes)))
    known = _known(codes)
    for number, code in enumerate(codes, 1):
        if known.get(code, campaign.pk) != campaign.pk:
            raise BadCodes(line=number, what=code)
    fresh = [CouponCode(campaign=campaign, code=code) for code in codes if code not in known]
    CouponCode.objects.bulk_create(fresh, batch_size=500)
    audit.record(
        actor=actor,
        action="fulfillment.coupons_loaded",
        target=f"insert_campaign:{campaign.pk}",
        after={"new": len(fresh), "known": len(known)},
        at=at,
    )
    return len(fresh), len(known)


def _known(codes: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for start in range(0, len(codes), 500):
        part = CouponCode.objects.filter(code__in=codes[start : start + 500])
        known.update(part.values_list("code", "campaign_id"))
    return known


def _is_plain(code: str) -> bool:
    return code.replace("-", "").isalnum() and code.isascii() and not code.startswith("CMD-")


def _mark(coupon_id: int, extra: CartonExtra, at: dt.datetime) -> bool:
    changed = CouponCode.objects.filter(pk=coupon_id, **GUARD).update(
        state="assigned", extra=extra, assigned_at=at
    )
    return bool(changed)
