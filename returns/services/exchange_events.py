"""What returns and stock tell about exchanges: each fact queues a job, where there is work."""

from __future__ import annotations

from django.db.models import Q

from core import jobs
from core.events import EventFact
from returns.domain import exchange_states
from returns.models import Exchange, ReturnLine
from returns.services import exchanges

FOLLOW_JOB = "returns.follow_exchanges"
WAITING_JOB = "returns.keep_for_waiting"


def on_return(facts: list[EventFact]) -> None:
    """Queue the following of returns that have an exchange, or a line that wants one."""
    ids = {int(fact.payload["request_id"]) for fact in facts}
    wanted = Q(resolution__in=exchanges.KINDS) | Q(exchanges__isnull=False)
    lines = ReturnLine.objects.filter(wanted, request_id__in=ids)
    concerned = set(lines.values_list("request_id", flat=True).order_by())
    for fact in facts:
        request_id = int(fact.payload["request_id"])
        if request_id in concerned:
            jobs.enqueue(
                FOLLOW_JOB,
                key=f"exchanges:{fact.id}",
                args={"request_id": request_id, "at": fact.at.isoformat()},
                title="Follow a return's exchanges",
            )


def on_stock_available(facts: list[EventFact]) -> None:
    """Queue the keeping of units that came for those who chose to wait for them."""
    ids = {int(fact.payload["sku_id"]) for fact in facts}
    rows = Exchange.objects.filter(state=exchange_states.WAITING, sku_id__in=ids)
    waiting = sorted(set(rows.values_list("sku_id", flat=True).order_by()))
    if waiting:
        jobs.enqueue(
            WAITING_JOB,
            key=f"exchanges-wait:{facts[-1].id}",
            args={"skus": ",".join(str(pk) for pk in waiting)},
            title="Keep units for exchanges that wait",
        )
