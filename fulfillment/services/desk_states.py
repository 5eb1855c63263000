"""Keep what was scanned for a task and is not booked yet; read and written under the row's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fulfillment.models import DeskState


def read(task_key: str) -> dict[str, Any]:
    """Return what was kept for a task; empty when nothing was."""
    state = DeskState.objects.filter(task_key=task_key).values_list("state", flat=True).first()
    return dict(state or {})


def lock(task_key: str, *, at: dt.datetime) -> dict[str, Any]:
    """Return what was kept for a task and keep others from writing it. Call it in a transaction."""
    DeskState.objects.get_or_create(task_key=task_key, defaults={"updated_at": at})
    return dict(DeskState.objects.select_for_update().get(task_key=task_key).state)


def keep(task_key: str, state: Mapping[str, Any], *, at: dt.datetime) -> None:
    """Keep `state` for a task in place of what was kept before."""
    DeskState.objects.update_or_create(
        task_key=task_key, defaults={"state": dict(state), "updated_at": at}
    )


def forget(task_key: str) -> None:
    """Drop what was kept: it is booked, or nobody wants it."""
    DeskState.objects.filter(task_key=task_key).delete()
