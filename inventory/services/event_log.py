"""One `StockEvent` per service call; its unique key makes a repeat harmless."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.models import StockEvent
from inventory.services import level_sql

LONGEST_KEY = 120


class EventKeyMissing(InputRefused):
    """A stock service was called without a usable event key."""

    code = "EVENT_KEY_MISSING"
    text = gettext_noop("A stock change needs an event key of 1 to 120 characters.")


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls a stock service, why, and under which key. `at` is aware UTC."""

    event_key: str
    kind: str
    actor: Actor
    at: dt.datetime
    reason: str = ""
    cause_key: str = ""

    def row(self) -> tuple[str, str, str, str, str, object]:
        """Return the event as a row to insert.

        Raises:
            EventKeyMissing: the key is empty or too long.
        """
        if not 0 < len(self.event_key) <= LONGEST_KEY:
            raise EventKeyMissing
        actor, at = self.actor.key, level_sql.moment(self.at)
        return (self.event_key, self.kind, actor, self.cause_key, self.reason[:64], at)


def open_event(call: Call) -> int | None:
    """Insert the event and return its id; None when the key has been used before.

    Waits for a competitor that is inserting the same key.
    """
    return level_sql.insert_events([call.row()]).get(call.event_key)


def first_event_id(event_key: str) -> int:
    """Return the id of the event a repeated call meets."""
    return StockEvent.objects.values_list("pk", flat=True).get(event_key=event_key)
