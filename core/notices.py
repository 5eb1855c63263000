"""Tell people inside the product: one row per person, deduplicated until it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext

from core.models.people import User
from core.models.shell import Notice


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """What to tell: a marked English sentence with %(name)s for `data`, and where it leads."""

    kind: str
    text: str
    at: dt.datetime
    data: Mapping[str, str | int] = field(default_factory=dict)
    target: str = ""
    url: str = ""
    dedupe_key: str = ""


def notify(user_ids: Iterable[int], draft: NoticeDraft) -> int:
    """Write one notice for each person; return for how many. Repeatable by `dedupe_key`."""
    rows = [
        Notice(
            user_id=user_id,
            kind=draft.kind,
            text=draft.text,
            data=dict(draft.data),
            target=draft.target,
            url=draft.url,
            dedupe_key=draft.dedupe_key,
            at=draft.at,
        )
        for user_id in sorted(set(user_ids))
    ]
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def notify_role(role_code: str, draft: NoticeDraft) -> int:
    """Write one notice for each active person in a role; return for how many."""
    people = User.objects.filter(is_active=True, role_grants__role__code=role_code)
    return notify(people.values_list("pk", flat=True), draft)


def of_user(user_id: int) -> QuerySet[Notice]:
    """Return a person's notices, unread ones first, then the newest."""
    return Notice.objects.filter(user_id=user_id).order_by("read_at", "-pk")


def mark_read(user_id: int, *, at: dt.datetime, ids: Iterable[int] | None = None) -> int:
    """Mark notices of a person as read, all of them by default; return how many changed."""
    rows = Notice.objects.filter(user_id=user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=at)


def sentence(notice: Notice) -> str:
    """Return the notice in the active language."""
    return str(gettext(notice.text) % notice.data)
