"""The box column of the pack screen: what is proposed and why, and the boxes of the shipment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from fulfillment.domain.pack_plans import ParcelPlan, PlanView
from fulfillment.models import Carton
from fulfillment.services import box_closing, multi_box, pack_planning
from inventory.models import Sku

#: Why a cheaper box was ruled out, by the verdict of the plan.
VERDICTS = {
    "TOO_HEAVY": _("carries less"),
    "TOO_BULKY": _("too little room"),
    "TOO_LONG": _("too short"),
    "APART": _("must travel apart"),
    "IMPOSSIBLE": _("proved too small"),
    "NOT_FOUND": _("no packing found"),
}


def box_context(carton: Carton) -> dict[str, Any]:
    """Return what the box column shows: number of the box, plan, weights, open question."""
    boxes = multi_box.living(carton.shipment_id)
    plan = pack_planning.view_of(carton) if carton.state != "closed" else None
    box = carton.box_sku or carton.asked_box or _proposed_box(plan)
    return {
        "box_number": multi_box.position(carton, boxes),
        "shipment_boxes": boxes,
        "plan": plan,
        "proposal": _proposal(plan) if plan else None,
        "expected_g": box_closing.expected_g(carton, box),
    }


def _proposed_box(plan: PlanView | None) -> Sku | None:
    """Return the box of the proposal: its tare counts until another one is scanned."""
    if plan is None or not plan.parcels:
        return None
    return Sku.objects.filter(code=plan.parcels[0].box_code).first()


def _proposal(plan: PlanView) -> dict[str, Any] | None:
    """Return the proposed parcel as the screen words it; the first when the goods need several."""
    if not plan.parcels:
        return None
    first = plan.parcels[0]
    return {
        "parcel": first,
        "size": first.inner,
        "fill": round(first.fill_percent),
        "cheaper": [(one.code, VERDICTS.get(one.verdict, one.verdict)) for one in _nearest(first)],
        "steps": first.steps,
        "drawing": first.drawing,
        "others": plan.parcels[1:],
    }


def _nearest(parcel: ParcelPlan) -> list[Any]:
    """Return the two dearest of the cheaper boxes: those one would have liked to take."""
    return list(parcel.cheaper[-2:])
