"""The scenarios of returns and customers; `scenarios.py` joins them to the others."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from core import clock
from core.actors import SYSTEM
from orders.models import Channel, ReturnFact
from returns.models import ReturnRequest
from returns.services import policy_rules, policy_trials
from returns.services.policy_rules import PolicyRuleDraft
from tests.core.handlers.scene import Scenario, Scene, numbers
from tests.factories import orders, returns


def past_return(_folder: Path) -> Scene:
    number = next(numbers)
    ReturnFact.objects.create(
        channel=Channel.objects.first() or orders.channel(),
        external_id=f"C{number}",
        source_row=number,
        sku_code="TEA",
        qty=1,
        unit_price=Decimal(1),
        at=clock.now(),
    )
    return Scene()


def return_to_be_sent_soon(_folder: Path) -> Scene:
    returns.ensure_rules()
    returns.stocked()
    request = returns.request(returns.delivered_order())
    ReturnRequest.objects.filter(pk=request.pk).update(
        status="approved", decided_at=clock.now(), send_by_on=clock.now().date()
    )
    return Scene()


def policy_on_trial(_folder: Path) -> Scene:
    returns.stocked()
    request = returns.request(returns.delivered_order())
    draft = PolicyRuleDraft(f"R{next(numbers)}", "Trial", effects={"window_days": "1"})
    rule = policy_rules.save_draft(draft, actor=SYSTEM, at=request.requested_at)
    trial = policy_trials.start(rule.pk, 200, actor=SYSTEM, at=request.requested_at)
    return Scene({"trial_id": trial.pk})


SCENARIOS: dict[str, Scenario] = {
    "returns.match_history": past_return,
    "returns.remind_customers": return_to_be_sent_soon,
    "returns.try_policy": policy_on_trial,
}
