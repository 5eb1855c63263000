"""The packing proposed for a carton: computed when it opens, stored, made again when it changes.

A short look answers within the scan; where it leaves a cheaper box open, a job takes the full look
and the screen shows it with the next scan.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from core import jobs
from fulfillment.domain import pack_plans
from fulfillment.domain.cartons import choosing, exact, fitting
from fulfillment.domain.cartons.choosing import Catalogue
from fulfillment.domain.cartons.facts import Box, Effort
from fulfillment.domain.pack_plans import PlanView
from fulfillment.models import Carton, PackPlan
from fulfillment.services import inserts, pack_catalogue
from fulfillment.services.pack_catalogue import Contents
from inventory.models import PackagingSpec, Sku

JOB = "fulfillment.plan_carton"
#: Within a scan: the ordered fillings, and a few dozen rounds for a cheaper box; about 20 ms.
SHORT = Effort(restarts=100, nodes=0)
FULL = Effort()
EXACT = Effort(exact_seconds=1.0)
#: Units up to which a plan is made at all; a pallet is not packed by a picture.
MOST_UNITS = 400


@dataclass(frozen=True, slots=True)
class BoxCheck:
    """Whether the contents fit a scanned box: the verdict of `fitting`, and the fill."""

    verdict: str
    is_planned: bool


def make_plan(carton: Carton, *, effort: Effort, at: dt.datetime) -> PackPlan | None:
    """Compute and store the plan of a carton; None when it has no unit with measures.

    `carton` comes with its shipment, order and warehouse. A stored plan of the same inputs and at
    least this effort is returned as it is.

    Raises:
        PackingUnproved: a packing found breaks a rule; never expected.
    """
    contents = pack_catalogue.read_contents(carton.pk)
    boxes = _boxes_for(carton)
    if not contents.units or not boxes or len(contents.units) > MOST_UNITS:
        PackPlan.objects.filter(carton=carton).delete()
        return None
    prices = pack_catalogue.read_prices(carton.shipment, at.date())
    catalogue = Catalogue(boxes, prices.tariff, effort)
    key = pack_plans.inputs_key(contents.units, catalogue, [prices.currency, *prices.samples])
    known = PackPlan.objects.filter(carton=carton, inputs_key=key).first()
    if known is not None and _rank(known.effort) >= _rank(_name(effort)):
        return known
    plan = choosing.choose(contents.units, catalogue)
    body = pack_plans.write(
        plan,
        unmeasured=contents.unmeasured,
        currency=prices.currency,
        box_count=len(boxes),
    )
    stored, _made = PackPlan.objects.update_or_create(
        carton=carton,
        defaults={
            "inputs_key": key,
            "effort": _name(effort),
            "body": body,
            "made_at": at,
        },
    )
    return stored


def plan_now(carton: Carton, *, at: dt.datetime) -> PackPlan | None:
    """Make the plan of an open carton by a short look; queue the full one where it may do better.

    Raises:
        PackingUnproved: as `make_plan`.
    """
    plan = make_plan(_whole(carton.pk), effort=SHORT, at=at)
    if plan is not None and plan.effort == "short" and not pack_plans.read(plan.body).is_settled:
        jobs.enqueue(
            JOB,
            key=f"{JOB}:{carton.pk}:{plan.inputs_key[:16]}",
            args={"carton_id": carton.pk},
            queue="interactive",
        )
    return plan


def plan_fully(carton_id: int, *, at: dt.datetime) -> str:
    """Take the full look at an open carton, exact where the solver is installed. Repeatable.

    Returns "planned", or why nothing was done: "gone", "closed" or "nothing_measured".

    Raises:
        PackingUnproved: as `make_plan`.
    """
    carton = Carton.objects.filter(pk=carton_id).first()
    if carton is None:
        return "gone"
    if carton.state not in {"open", "verified"}:
        return "closed"
    effort = EXACT if exact.is_installed() else FULL
    plan = make_plan(_whole(carton_id), effort=effort, at=at)
    return "planned" if plan else "nothing_measured"


def view_of(carton: Carton) -> PlanView | None:
    """Return the stored plan of a carton as the screen shows it, None without one."""
    plan = PackPlan.objects.filter(carton=carton).first()
    if plan is None or plan.body["version"] != pack_plans.RULE_VERSION:
        return None
    return pack_plans.read(plan.body)


def check_box(carton: Carton, box_sku: Sku) -> BoxCheck:
    """Return whether the contents of a carton fit a scanned box.

    A box without inner sizes, and contents without measures, can't be judged: UNMEASURED.

    Raises:
        PackingUnproved: as `make_plan`.
    """
    spec = PackagingSpec.objects.filter(sku=box_sku).select_related("sku").first()
    contents = pack_catalogue.read_contents(carton.pk)
    if spec is None or not contents.units:
        return BoxCheck("UNMEASURED", is_planned=False)
    view = view_of(carton)
    if view is not None and _is_planned(view, box_sku.code, contents):
        return BoxCheck("FITS", is_planned=True)
    # Own packaging is put into the scanned box all the same: the packer has decided.
    units = [replace(unit, own_box=False) for unit in contents.units]
    box = pack_catalogue.box_of(spec, {})
    return BoxCheck(fitting.fit(units, box, SHORT).verdict, is_planned=False)


def _is_planned(view: PlanView, code: str, contents: Contents) -> bool:
    only = view.parcels[0] if len(view.parcels) == 1 and not view.oversize else None
    return (
        only is not None and only.box_code == code and len(only.placements) == len(contents.units)
    )


def _boxes_for(carton: Carton) -> tuple[Box, ...]:
    """Return the catalogue, or the box a rule asks for when the contents can go into it."""
    wanted = inserts.wanted_box(carton.pk)
    boxes = pack_catalogue.read_boxes(wanted)
    branded = tuple(box for box in boxes if wanted is not None and box.code == wanted.code)
    if not branded:
        return boxes
    units = pack_catalogue.read_contents(carton.pk).units
    return branded if fitting.fit(units, branded[0], SHORT).fits else boxes


def _whole(carton_id: int) -> Carton:
    return Carton.objects.select_related("shipment__order", "shipment__warehouse").get(pk=carton_id)


def _name(effort: Effort) -> str:
    if effort.exact_seconds:
        return "exact"
    return "full" if effort.nodes else "short"


def _rank(name: str) -> int:
    return ("short", "full", "exact").index(name)
