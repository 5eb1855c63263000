"""Acts on many alerts, as a job: what was chosen on the index, in the starter's reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from core.errors import StateConflict
from core.jobs import JobRun
from core.permissions import Principal
from core.tables.selected import chosen
from planning.services import alert_acts
from planning.services.alert_acts import Moved

BATCH: Final = 500
Given = Mapping[str, Any]
Act = Callable[[Sequence[int], Principal, dt.datetime, Given], Moved]


def _acknowledge(ids: Sequence[int], who: Principal, now: dt.datetime, _given: Given) -> Moved:
    return alert_acts.acknowledge(ids, actor=who.actor, now=now)


def _snooze(ids: Sequence[int], who: Principal, now: dt.datetime, given: Given) -> Moved:
    until = now + dt.timedelta(days=int(given["days"]))
    reason = given.get("reason", "")
    return alert_acts.snooze(ids, until=until, actor=who.actor, now=now, reason=reason)


def _dismiss(ids: Sequence[int], who: Principal, now: dt.datetime, given: Given) -> Moved:
    note = given.get("note", "")
    return alert_acts.dismiss(ids, reason=given["reason"], note=note, actor=who.actor, now=now)


def _assign(ids: Sequence[int], who: Principal, now: dt.datetime, given: Given) -> Moved:
    owner = int(given["owner"]) if given.get("owner") else None
    return alert_acts.assign(ids, owner_id=owner, due_on=None, actor=who.actor, now=now)


ACTS: Final[Mapping[str, Act]] = {
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "dismiss": _dismiss,
    "assign": _assign,
}


def run(job: JobRun, *, act: str, given: Given) -> dict[str, int]:
    """Do one act on every chosen alert; return how many moved and how many stood elsewhere.

    Repeatable: what moved in a run before is left alone.
    """
    principal, ids = chosen(job, "alerts", given)
    ids.sort()
    done = 0
    for start in range(0, len(ids), BATCH):
        try:
            moved = ACTS[act](ids[start : start + BATCH], principal, job.now, given)
            done += moved.moved
        except StateConflict:
            pass
        job.progress(min(start + BATCH, len(ids)), len(ids))
    return {"done": done, "left": len(ids) - done}
