"""Reasons of returns, in two levels: made, changed, switched off; never deleted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from returns.domain.policy_defaults import NOT_PUBLIC, REASONS, ReasonSeed
from returns.models import ReturnReason


class ReasonRefused(InputRefused):
    """A reason that can't be stored; `field` names where."""

    code = "REASON_REFUSED"
    text = gettext_noop("This reason can't be saved. Correct the marked field.")


@dataclass(frozen=True, slots=True)
class ReasonDraft:
    """A reason as people type it. `parent` is the code of its group; "" makes a group."""

    code: str
    name: str
    parent: str = ""
    name_zh: str = ""
    fault: str = "customer"
    asks_photo: bool = False
    is_public: bool = True
    is_active: bool = True
    rank: int = 100


@transaction.atomic
def ensure() -> int:
    """Write the first list of reasons where there is none at all; return how many were added.

    Idempotent: a house that changed or switched off reasons keeps its own.
    """
    if ReturnReason.objects.exists():
        return 0
    groups = ReturnReason.objects.bulk_create(
        [_row(seed, rank, seed.code) for rank, seed in enumerate(REASONS, 1)]
    )
    details = [
        _row(seed, rank, group.code, group)
        for group, parent in zip(groups, REASONS, strict=True)
        for rank, seed in enumerate(parent.details, 1)
    ]
    ReturnReason.objects.bulk_create(details)
    return len(groups) + len(details)


def _row(
    seed: ReasonSeed, rank: int, group: str, parent: ReturnReason | None = None
) -> ReturnReason:
    return ReturnReason(
        code=seed.code,
        parent=parent,
        name=seed.name,
        name_zh=seed.name_zh,
        fault=seed.fault,
        asks_photo=seed.asks_photo,
        is_public=group not in NOT_PUBLIC,
        rank=rank * 10,
    )


@transaction.atomic
def save(draft: ReasonDraft, *, actor: Actor, at: dt.datetime) -> ReturnReason:
    """Create or change the reason of this code. A group stays a group, a detail a detail.

    Raises:
        ReasonRefused: with `field` and a sentence.
    """
    parent = _parent(draft)
    row = ReturnReason.objects.select_for_update(of=("self",)).filter(code=draft.code).first()
    if row is not None and (row.parent_id is None) != (parent is None):
        words = gettext_noop("%(what)s is used on the other level. Make a new reason instead.")
        raise ReasonRefused(field="parent", words=words, what=draft.code)
    values = {
        "parent": parent,
        "name": draft.name,
        "name_zh": draft.name_zh,
        "fault": draft.fault,
        "asks_photo": draft.asks_photo,
        "is_public": draft.is_public,
        "is_active": draft.is_active,
        "rank": draft.rank,
    }
    before = _seen(row) if row else {}
    saved, _created = ReturnReason.objects.update_or_create(code=draft.code, defaults=values)
    audit.record(
        actor=actor,
        action="returns.reason_saved",
        target=f"return_reason:{saved.pk}",
        before=before,
        after=_seen(saved),
        at=at,
    )
    return saved


def _parent(draft: ReasonDraft) -> ReturnReason | None:
    if not draft.parent:
        return None
    row = ReturnReason.objects.filter(code=draft.parent, parent__isnull=True).first()
    if row is None or row.code == draft.code:
        words = gettext_noop("%(what)s is no group. Choose a reason of the first level.")
        raise ReasonRefused(field="parent", words=words, what=draft.parent)
    return row


def _seen(row: ReturnReason) -> dict[str, object]:
    names = ("code", "name", "fault", "asks_photo", "is_public", "is_active", "rank")
    return {name: getattr(row, name) for name in names}
