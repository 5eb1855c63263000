"""Jobs of refunds: ids in, one service call, repeatable."""

from __future__ import annotations

from collections.abc import Sequence

from core import settings_store
from core.actors import SYSTEM
from core.events import EventFact
from core.jobs import JobRun
from orders.models import RefundDue
from orders.models.payments import RefundState
from returns.domain.money_settings import PAYS_DUES
from returns.queries import refund_facts
from returns.services import paying_back, refund_approving, refunds

PER_SWEEP = 200


class RefundsOutstanding(Exception):
    """Some gateways have not answered; the job's next attempt asks again."""


def pay_refunds(job: JobRun, *, payments: str, **_newer: object) -> dict[str, int]:
    """Pay the comma-separated payments of refunds.

    Raises:
        RefundsOutstanding: some are unanswered, so that the job runs again later.
    """
    ids = [int(pk) for pk in payments.split(",")]
    report = paying_back.pay_many(ids, now=job.now)
    if report.waiting:
        raise RefundsOutstanding(f"{report.waiting} of {len(ids)} refunds are unanswered")
    return {"paid": report.paid, "refused": report.refused}


def sweep_refunds(job: JobRun, **_newer: object) -> dict[str, int]:
    """Pay what orders left owing and what a later decision made due; send stranded payments."""
    adopted = 0
    if settings_store.get(PAYS_DUES):
        rows = RefundDue.objects.filter(state=RefundState.OPEN, refund__isnull=True)
        for due_id in rows.order_by("pk").values_list("pk", flat=True)[:PER_SWEEP]:
            adopted += refunds.pay_due(due_id, actor=SYSTEM, at=job.now) is not None
    planned = 0
    for request_id in refund_facts.unplanned(PER_SWEEP):
        planned += len(refunds.plan_for(request_id, "inspected", at=job.now))
    asked = refund_approving.ask_again(at=job.now)
    report = paying_back.pay_many(paying_back.stranded(job.now), now=job.now)
    return {
        "adopted": adopted,
        "planned": planned,
        "asked": asked,
        "paid": report.paid,
        "waiting": report.waiting,
    }


def on_order_over(facts: Sequence[EventFact]) -> None:
    """Pay what a cancelled order is left owing, if the settings say so."""
    if not settings_store.get(PAYS_DUES):
        return
    orders = [int(fact.payload["order_id"]) for fact in facts]
    rows = RefundDue.objects.filter(
        order__in=orders, state=RefundState.OPEN, refund__isnull=True
    ).order_by("pk")
    for due_id in rows.values_list("pk", flat=True):
        refunds.pay_due(due_id, actor=SYSTEM, at=facts[-1].at)
