"""Ask for counts and close them; while one is open, waves avoid that SKU in that bin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from core.actors import Actor
from inventory.models import CountTask


def ask(
    bin_id: int, sku_id: int, *, reason: str, due_at: dt.datetime, cause_key: str, at: dt.datetime
) -> CountTask:  # a task has this many facts
    """Return the open count task of a bin and SKU, creating it when there is none."""
    task, _created = CountTask.objects.get_or_create(
        bin_id=bin_id,
        sku_id=sku_id,
        state=CountTask.State.OPEN,
        defaults={"reason": reason, "due_at": due_at, "cause_key": cause_key, "created_at": at},
    )
    return task


def close(places: Collection[tuple[int, int]], *, actor: Actor, at: dt.datetime) -> int:
    """Close the open tasks of these (bin, SKU) places as done; return how many there were."""
    tasks = CountTask.objects.open().filter(
        bin_id__in={place[0] for place in places}, sku_id__in={place[1] for place in places}
    )
    wanted = [
        pk
        for pk, bin_id, sku_id in tasks.values_list("pk", "bin_id", "sku_id")
        if (bin_id, sku_id) in places
    ]
    if not wanted:
        return 0
    return CountTask.objects.filter(pk__in=wanted, state=CountTask.State.OPEN).update(
        state=CountTask.State.DONE, closed_at=at, closed_by=actor.key
    )


def close_bin(bin_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """Close every open task of a bin that was counted whole; return how many there were."""
    return (
        CountTask.objects.open()
        .filter(bin_id=bin_id)
        .update(state=CountTask.State.DONE, closed_at=at, closed_by=actor.key)
    )
