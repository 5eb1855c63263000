"""Jobs of returns: one service call, repeatable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from core.actors import Actor
from core.jobs import JobRun
from core.tables.selected import act_on_each
from returns.models import ReturnRequest
from returns.services import (
    card_holds,
    deciding,
    exchange_following,
    exchanges,
    letters,
    matching,
    parcel_watch,
    policy_trials,
    portal_drafts,
    return_labels,
)


def match_history(job: JobRun, **_newer: object) -> dict[str, int]:
    """Tie imported returns to the orders they came from."""
    return matching.match_history(now=job.now)


def expire_requests(job: JobRun, **_newer: object) -> dict[str, int]:
    """End approved returns whose goods were not handed over in time."""
    return {"expired": deciding.expire_due(job.now)}


def remind_customers(job: JobRun, **_newer: object) -> dict[str, int]:
    """Remind customers of what they must send soon, and of units kept for them."""
    return letters.remind(job.now)


def try_policy(job: JobRun, *, trial_id: int, **_newer: object) -> dict[str, int]:
    """Run a version of a policy rule over the last returns; decides nothing."""
    trial = policy_trials.run(trial_id, at=job.now, progress=job.progress)
    return {"returns": trial.result["returns"], "changed": trial.result["changed"]}


def bulk_approve(job: JobRun, *, reason: str, **selection: Any) -> dict[str, Any]:
    """Approve every chosen return; return how many, and what refused."""
    return _each(
        job,
        selection,
        lambda row, actor: deciding.approve(row.pk, reason=reason, actor=actor, at=job.now),
    )


def bulk_reject(job: JobRun, *, reason: str, **selection: Any) -> dict[str, Any]:
    """Decline every chosen return; return how many, and what refused."""
    return _each(
        job,
        selection,
        lambda row, actor: deciding.reject(row.pk, reason=reason, actor=actor, at=job.now),
    )


def sweep_drafts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Forget what customers chose and did not send."""
    return {"deleted": portal_drafts.sweep(now=job.now)}


def _each(
    job: JobRun, selection: dict[str, Any], act: Callable[[ReturnRequest, Actor], object]
) -> dict[str, Any]:
    return act_on_each(job, "returns", selection, ReturnRequest.objects.all(), act)


def follow_exchanges(job: JobRun, *, request_id: int, at: str, **_newer: object) -> dict[str, int]:
    """Bring the exchanges of one return in line with its state."""
    when = dt.datetime.fromisoformat(at)
    return {"exchanges": exchange_following.follow(int(request_id), at=when)}


def keep_for_waiting(job: JobRun, *, skus: str, **_newer: object) -> dict[str, int]:
    """Keep units that came for exchanges that wait for them."""
    ids = [int(pk) for pk in skus.split(",")]
    return {"kept": exchanges.try_waiting(ids, at=job.now)}


class CardsOutstanding(Exception):
    """Some card services have not answered; the job's next attempt asks again."""


def ask_cards(job: JobRun, *, holds: str, **_newer: object) -> dict[str, int]:
    """Ask card services about comma-separated holds.

    Raises:
        CardsOutstanding: some are unanswered, so that the job runs again later.
    """
    ids = [int(pk) for pk in holds.split(",")]
    waiting = card_holds.ask_gateways(ids, now=job.now)
    if waiting:
        raise CardsOutstanding(f"{waiting} of {len(ids)} cards are unanswered")
    return {"asked": len(ids)}


def exchange_clock(job: JobRun, **_newer: object) -> dict[str, int]:
    """End reservations and labels whose time is over."""
    return {
        "exchanges": exchanges.expire_due(as_of=job.now),
        "labels": return_labels.expire_due(as_of=job.now),
        "cards": card_holds.care(now=job.now),
    }


def watch_parcels(job: JobRun, **_newer: object) -> dict[str, int]:
    """Find parcels that nobody scanned, that went silent, and claims that lapse."""
    return parcel_watch.watch(job.now)
