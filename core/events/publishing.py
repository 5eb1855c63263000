"""Write facts into the outbox, in the transaction that makes them true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core import request_ids
from core.inserting import insert_rows
from core.models.events import OutboxEvent
from core.wiring import wired

Payload = Mapping[str, int | str]


class UnknownEvent(LookupError):
    """The event is not in `config/wiring.py:EVENT_HANDLERS`; list it, with no listener if none."""


@dataclass(frozen=True, slots=True)
class EventDraft:
    """A fact to publish: `app.fact_in_past_tense`, a target key such as `order:17`, ids."""

    name: str
    target: str
    at: dt.datetime
    payload: Payload = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventFact:
    """A published fact as listeners get it. `id` gives the order of facts of one target."""

    id: int
    name: str
    target: str
    at: dt.datetime
    payload: Payload


def publish(name: str, *, target: str, at: dt.datetime, **payload: int | str) -> None:
    """Write one fact into the outbox. It exists only if the caller's transaction commits.

    Raises:
        UnknownEvent: the wiring does not know the name.
    """
    publish_many([EventDraft(name, target, at, payload)])


def publish_many(drafts: Sequence[EventDraft]) -> None:
    """Write facts with one INSERT per 500; the sweeper rings once for all of them.

    Facts without listeners are stored as handed out, for those who read the outbox itself.

    Raises:
        UnknownEvent: the wiring does not know a name; nothing is written.
    """
    handlers = wired("EVENT_HANDLERS")
    unknown = {draft.name for draft in drafts} - set(handlers)
    if unknown:
        raise UnknownEvent(f"{', '.join(sorted(unknown))}: add to EVENT_HANDLERS")
    request_id = request_ids.current()
    insert_rows(
        OutboxEvent._meta.db_table,
        ("name", "target", "payload", "request_id", "at", "handed_at"),
        [
            (
                draft.name,
                draft.target,
                draft.payload,
                request_id,
                draft.at,
                None if handlers[draft.name] else draft.at,
            )
            for draft in drafts
        ],
    )
