"""Jobs of shipping: ids in, one service call, repeatable."""

from __future__ import annotations

import datetime as dt

from core.jobs import JobRun
from shipping.services import buying, labels, portal


class LabelsOutstanding(Exception):
    """Some carriers have not answered; the job's next attempt asks again."""


def buy_labels(job: JobRun, *, requests: str, **_newer: object) -> dict[str, int]:
    """Buy the labels of comma-separated wish ids.

    Raises:
        LabelsOutstanding: some wishes are unanswered, so that the job runs again later.
    """
    ids = [int(pk) for pk in requests.split(",")]
    report = buying.purchase_many(ids, now=job.now)
    if report.waiting:
        raise LabelsOutstanding(f"{report.waiting} of {len(ids)} labels are unanswered")
    return {"bought": report.bought, "refused": report.refused}


def void_labels(job: JobRun, *, requests: str, **_newer: object) -> dict[str, int]:
    """Ask carriers to void the labels of comma-separated wish ids.

    Raises:
        LabelsOutstanding: a carrier has not decided, so that the job runs again later.
    """
    ids = [int(pk) for pk in requests.split(",")]
    undecided = buying.settle_voids(ids, now=job.now)
    if undecided:
        raise LabelsOutstanding(f"{undecided} of {len(ids)} voids are undecided")
    return {"settled": len(ids)}


def sweep(job: JobRun, **_newer: object) -> dict[str, int]:
    """Send again what no job is asking for any more, and forget counts of past windows."""
    waiting = labels.list_stranded(job.now)
    report = buying.purchase_many(waiting, now=job.now)
    pending = labels.list_pending_voids(job.now)
    undecided = buying.settle_voids(pending, now=job.now)
    return {
        "bought": report.bought,
        "waiting": report.waiting,
        "undecided": undecided,
        "forgotten": portal.sweep_attempts(now=job.now),
    }


def send_link(
    job: JobRun, *, order_key: str, to: str, language: str, asked_at: str, **_newer: object
) -> dict[str, bool]:
    """Mail the tracking link somebody asked for; without an order there is nothing to send."""
    if not order_key:
        return {"planned": False}
    at = dt.datetime.fromisoformat(asked_at)
    return {"planned": portal.send_link(order_key, to, language, at=at)}
