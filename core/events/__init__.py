"""Facts go upwards through the outbox: published with the change, delivered exactly once."""

from core.events.publishing import EventDraft, EventFact, UnknownEvent, publish, publish_many

__all__ = ["EventDraft", "EventFact", "UnknownEvent", "publish", "publish_many"]
