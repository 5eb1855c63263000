"""Keep the router's answer: one row per run, with candidates and the filters that removed them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from orders.domain.route_facts import ZERO, Candidate, Leg, RoutePlan, Terms
from orders.domain.routing import RULE_VERSION
from orders.models import RoutingDecision

_TERMS = tuple(Terms.__dataclass_fields__)


def decision_row(
    order_id: int,
    plan: RoutePlan,
    *,
    at: dt.datetime,
    overridden_by: str = "",
    reason: str = "",
) -> RoutingDecision:
    """Return the unsaved row of a plan. Amounts are texts in the cost currency."""
    return RoutingDecision(
        order_id=order_id,
        at=at,
        preset=plan.preset,
        rule_version=RULE_VERSION,
        candidates=[_candidate(candidate) for candidate in plan.candidates],
        chosen=_chosen(plan),
        overridden_by=overridden_by,
        reason=reason,
    )


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.4f}"


def _terms(terms: Terms) -> dict[str, str]:
    return {name: _amount(amount) for name in _TERMS if (amount := getattr(terms, name)) != ZERO}


def _candidate(candidate: Candidate) -> Mapping[str, Any]:
    if candidate.filter:
        return {
            "warehouses": candidate.warehouses,
            "filter": candidate.filter,
            "detail": dict(candidate.detail),
        }
    return {
        "warehouses": candidate.warehouses,
        "filter": "",
        "terms": {} if candidate.terms is None else _terms(candidate.terms),
        "score": _amount(candidate.score),
        "cost": _amount(candidate.cost),
        "arrives_by": None if candidate.arrives_by is None else candidate.arrives_by.isoformat(),
        "services": candidate.services,
        "km": candidate.distance_km,
    }


def _chosen(plan: RoutePlan) -> dict[str, Any]:
    chosen: dict[str, Any] = {
        "legs": [_leg(leg) for leg in plan.legs],
        "score": _amount(plan.score),
        "cost": _amount(plan.cost),
        "terms": _terms(plan.terms),
    }
    if plan.blocker:
        chosen["blocker"] = plan.blocker
    if plan.short:
        chosen["short"] = plan.short
    if plan.notes:
        chosen["notes"] = plan.notes
    return chosen


def _leg(leg: Leg) -> dict[str, Any]:
    return {
        "warehouse": leg.warehouse_code,
        "service": leg.service_code,
        "takes": leg.takes,
        "arrives_from": leg.promise.arrives_from.isoformat(),
        "arrives_by": leg.promise.arrives_by.isoformat(),
        "freight": _amount(leg.freight_amount),
        "duty": _amount(leg.duty_amount),
        "days_late": leg.days_late,
        "km": leg.distance_km,
    }
