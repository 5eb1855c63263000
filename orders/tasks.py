"""Bulk acts on orders, as jobs: one service call per order, progress after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.actors import Actor
from core.jobs import JobRun
from core.tables.selected import act_on_each
from orders.models import Order, OrderHold
from orders.services import holds, lifecycle


def bulk_hold(job: JobRun, *, kind: str, **selection: Any) -> dict[str, Any]:
    """Put a hold on every chosen order; return how many, and what refused."""
    return _each(
        job,
        selection,
        lambda order, actor: holds.place_hold(order.pk, kind, actor=actor, at=job.now),
    )


def bulk_release(job: JobRun, *, reason: str, **selection: Any) -> dict[str, Any]:
    """Release every open hold of the chosen orders; return how many, and what refused."""

    def release(order: Order, actor: Actor) -> None:
        kinds = OrderHold.objects.filter(order=order, released_at=None).order_by("pk")
        for kind in list(kinds.values_list("kind", flat=True)):
            holds.release_hold(order.pk, kind, reason=reason, actor=actor, at=job.now)

    return _each(job, selection, release)


def bulk_cancel(job: JobRun, *, reason: str, **selection: Any) -> dict[str, Any]:
    """Cancel every chosen order; return how many, and what refused."""
    return _each(
        job,
        selection,
        lambda order, actor: lifecycle.cancel(order.pk, reason=reason, actor=actor, at=job.now),
    )


def _each(
    job: JobRun, selection: dict[str, Any], act: Callable[[Order, Actor], object]
) -> dict[str, Any]:
    return act_on_each(job, "orders", selection, Order.objects.all(), act)
