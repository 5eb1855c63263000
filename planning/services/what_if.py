"""Questions about other policies: kept, replayed on the own history by a job, never changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from core import jobs
from core.actors import Actor
from core.errors import DomainError, InputRefused
from planning.domain import what_if
from planning.domain.what_if import Scenario
from planning.models import WhatIfRun
from planning.queries.daily_sales import Goods, cost_share, daily_sales
from planning.queries.policies import policies_for
from planning.queries.review_terms import offers, read_defaults

JOB = "planning.what_if"


class NothingSold(DomainError):
    """There is no demand to try a policy on."""

    code = "WHAT_IF_NOTHING_SOLD"
    status = 422
    text = gettext_noop(
        "Nothing with a price was sold there before today. Choose other goods, or import orders."
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A policy, and whose goods it is tried on."""

    scenario: Scenario
    goods: Goods


def start_values(goods: Goods, *, now: dt.datetime) -> Scenario | None:
    """Return the policy in force for the goods, averaged over those with sales; None without any.

    Service level and lead times are means over SKU-warehouses, the review is the commonest one,
    the cost share that of the SKUs' default costs. About 12 statements.
    """
    today = now.astimezone(dt.UTC).date()
    found = daily_sales(goods, until=today)
    if found is None:
        return None
    policies = policies_for(found.pairs, today).values()
    known = offers(now, read_defaults(), sku_ids={sku_id for sku_id, _place in found.pairs})
    slow = [offer.slow.lead.mean_days for offer in known.values()]
    fast = [
        offer.fast.lead.mean_days for offer in known.values() if offer.fast.mode != offer.slow.mode
    ]
    plain = Scenario()
    sea = round(mean(slow)) if slow else plain.sea_days
    air = round(mean(fast)) if fast else plain.air_days
    share = cost_share(found)
    return Scenario(
        service_level=round(mean(policy.service_level for policy in policies), 3),
        review_days=Counter(policy.review_days for policy in policies).most_common(1)[0][0],
        sea_days=min(max(sea, what_if.SEA_DAYS[0]), what_if.SEA_DAYS[1]),
        air_days=max(1, min(air, sea - 1)),
        cost_share=round(min(max(share, 0.01), 0.9), 3) if share else plain.cost_share,
    )


def ask(question: Question, *, actor: Actor, now: dt.datetime) -> WhatIfRun:
    """Keep a question and queue its replay; the same question on the same history is one run.

    Raises: ScenarioRefused, AirNotFaster, NothingSold.
    """
    what_if.check(question.scenario)
    today = now.astimezone(dt.UTC).date()
    found = daily_sales(question.goods, until=today)
    current = start_values(question.goods, now=now)
    if found is None or current is None:
        raise NothingSold
    asked = {
        "asked": question.scenario.as_json(),
        "current": current.as_json(),
        "goods": asdict(question.goods),
        "until": today.isoformat(),
    }
    said = json.dumps([actor.key, asked, found.fingerprint], sort_keys=True)
    inputs = hashlib.sha256(said.encode()).hexdigest()
    with transaction.atomic():
        run, is_new = WhatIfRun.objects.get_or_create(
            inputs_hash=inputs,
            defaults={"scenario": asked, "author_key": actor.key, "created_at": now},
        )
        if is_new:
            jobs.enqueue(
                JOB,
                key=f"{JOB}:{run.pk}",
                args={"run_id": run.pk},
                queue="interactive",
                started_by=actor.key,
                title=gettext_noop("What-if simulation"),
            )
    return run


def compute(
    run_id: int, *, now: dt.datetime, progress: Callable[[int, int], None] | None = None
) -> str:
    """Replay a waiting run and keep what came out; return its state. A finished one stays.

    A history that can't be replayed ends it as refused, with the reason.
    """
    run = WhatIfRun.objects.get(pk=run_id)
    if run.state != WhatIfRun.State.WAITING:
        return run.state
    said = run.scenario
    places = said["goods"]["warehouse_ids"]
    goods = Goods(None if places is None else tuple(places), said["goods"]["category"])
    found = daily_sales(goods, until=dt.date.fromisoformat(said["until"]))
    try:
        if found is None:
            raise NothingSold
        answer = what_if.answer(
            found.panel,
            Scenario(**said["asked"]),
            Scenario(**said["current"]),
            progress=progress,
        )
    except (InputRefused, NothingSold) as error:
        return _finish(run, "refused", {"why": str(error)[:300]}, now)
    return _finish(run, "done", {"figures": _plain(answer)}, now)


def _finish(run: WhatIfRun, state: str, values: dict[str, Any], now: dt.datetime) -> str:
    waiting = WhatIfRun.objects.filter(pk=run.pk, state=WhatIfRun.State.WAITING)
    waiting.update(state=state, finished_at=now, **values)
    return state


def _plain(answer: what_if.Answer) -> dict[str, Any]:
    """Return the answer as it is stored; percentages keep four digits."""

    def figures(one: Any) -> dict[str, float]:
        names = ("days", "lost", "air", "holding", "freight", "margin", "lines", "total")
        return {name: round(float(getattr(one, name)), 4) for name in names}

    return {
        "current": figures(answer.current),
        "asked": figures(answer.asked),
        "curve": [{"level": level, **figures(one)} for level, one in answer.curve],
        "series": answer.series,
        "days": answer.days,
        "revenue": round(answer.revenue, 2),
    }
