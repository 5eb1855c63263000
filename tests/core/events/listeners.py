"""Listeners that only tests wire up."""

from __future__ import annotations

from core import clock
from core.events import EventFact
from core.models import Setting

#: Batches as the listeners got them, in order; tests empty it.
HEARD: list[list[EventFact]] = []


def hear(facts: list[EventFact]) -> None:
    """Remember the batch."""
    HEARD.append(facts)


def write_down(facts: list[EventFact]) -> None:
    """Leave one row per fact; a second row for the same fact breaks a constraint."""
    Setting.objects.bulk_create(
        [
            Setting(
                name=f"heard {fact.id}",
                value=fact.target,
                changed_at=clock.now(),
                changed_by_key="system",
            )
            for fact in facts
        ]
    )


def refuse_poison(facts: list[EventFact]) -> None:
    """Write down the facts, but break on a poisonous one."""
    write_down(facts)
    for fact in facts:
        if fact.payload.get("poison"):
            raise ValueError(f"{fact.target} is poisonous")
