"""Write audit entries in the transaction of what they report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import request_ids
from core.actors import Actor
from core.inserting import insert_rows
from core.models.audit import AuditEntry

Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditDraft:
    """One entry to be written. `target` is a key such as `order:17`, `at` aware UTC."""

    actor: Actor
    action: str
    target: str
    at: dt.datetime
    before: Snapshot | None = None
    after: Snapshot | None = None
    reason: str = ""


def record(  # noqa: PLR0913  # one entry has this many facts; record_many takes a dataclass
    *,
    actor: Actor,
    action: str,
    target: str,
    at: dt.datetime,
    before: Snapshot | None = None,
    after: Snapshot | None = None,
    reason: str = "",
) -> None:
    """Write that `actor` did `action` (`app.fact_in_past_tense`) to `target`, with what changed."""
    record_many([AuditDraft(actor, action, target, at, before, after, reason)])


def record_many(drafts: Sequence[AuditDraft]) -> None:
    """Write all entries with one INSERT per 500, in the caller's transaction."""
    request_id = request_ids.current()
    insert_rows(
        AuditEntry._meta.db_table, _COLUMNS, [_values(draft, request_id) for draft in drafts]
    )


_COLUMNS = (
    "action",
    "target_kind",
    "target_id",
    "actor_kind",
    "actor_id",
    "actor_label",
    "before",
    "after",
    "reason",
    "request_id",
    "at",
)


def _values(draft: AuditDraft, request_id: str) -> tuple[Any, ...]:
    kind, _, number = draft.target.partition(":")
    actor = draft.actor
    return (
        draft.action,
        kind,
        number,
        actor.kind,
        actor.id,
        actor.label,
        draft.before,
        draft.after,
        draft.reason,
        request_id,
        draft.at,
    )
