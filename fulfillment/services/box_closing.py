"""The box and the weight of a carton: checked before it closes, asked about when they look wrong.

A question waits in the carton's row, so a reload or another device shows it again. The packer
answers by the same scan once more, by CMD-OK, by another box or by a second weighing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from core import audit, settings_store
from core.actors import Actor
from fulfillment.domain import defaults
from fulfillment.domain.weighing import is_off, is_same
from fulfillment.models import Carton
from fulfillment.services import inserts, multi_box, pack_planning, packing
from fulfillment.services.errors import NothingAsked, WeightMissing
from inventory.models import Sku


@dataclass(frozen=True, slots=True)
class BoxAnswer:
    """What became of a box scan or a weighing: a verdict, its code, facts for its words."""

    verdict: str
    why: str
    data: dict[str, str | int] = field(default_factory=dict)


@transaction.atomic
def use_box(carton_id: int, box: Sku | None, *, actor: Actor, at: dt.datetime) -> BoxAnswer:
    """Close a verified carton in `box` (None = own packaging), or ask about box or weight.

    The same box scanned again answers the question about it.

    Raises:
        StepStopped, CartonIsClosed, NotVerified, ExtrasLeft: as `packing.close`.
    """
    carton = multi_box.lock(carton_id)
    if box is not None and not _is_confirmed(carton, box):
        check = pack_planning.check_box(carton, box)
        if check.verdict not in {"FITS", "UNMEASURED"}:
            return _ask(carton, "box", box, "BOX_LOOKS_SMALL", {"scanned": box.code})
        carton.box_reason = ""
    elif box is not None and carton.question == "box":
        carton.box_reason = "SMALLER_THAN_PLANNED"
    return _weigh_and_close(carton, box, actor=actor, at=at)


@transaction.atomic
def confirm(carton_id: int, *, actor: Actor, at: dt.datetime) -> BoxAnswer:
    """Answer the open question with yes: the box is used, or the weight stands.

    Raises:
        NothingAsked: no question is open.
        StepStopped, CartonIsClosed, NotVerified, ExtrasLeft: as `packing.close`.
    """
    carton = multi_box.lock(carton_id)
    if not carton.question:
        raise NothingAsked
    if carton.question == "box":
        carton.box_reason = "SMALLER_THAN_PLANNED"
    else:
        carton.weight_reason = carton.weight_reason or "PACKER_CONFIRMED"
    return _weigh_and_close(carton, carton.asked_box, actor=actor, at=at)


@transaction.atomic
def weigh(carton_id: int, weight_g: int, *, actor: Actor, at: dt.datetime) -> BoxAnswer:
    """Keep what the scale showed, in grams. A second weighing that agrees confirms the first.

    Raises:
        StepStopped, CartonIsClosed: the carton takes no weight now.
        WeightMissing: the weight is not above 0.
    """
    carton = multi_box.lock(carton_id)
    if weight_g <= 0:
        raise WeightMissing
    if carton.weight_g and is_same(carton.weight_g, weight_g):
        carton.weight_reason = "WEIGHED_TWICE"
    else:
        carton.weight_reason = ""
    carton.weight_g = weight_g
    carton.weighed_count += 1
    carton.save(update_fields=["weight_g", "weight_reason", "weighed_count"])
    audit.record(
        actor=actor,
        action="fulfillment.weighed",
        target=f"carton:{carton.pk}",
        after={"weight_g": weight_g, "reason": carton.weight_reason},
        at=at,
    )
    if carton.question == "weight":
        return _weigh_and_close(carton, carton.asked_box, actor=actor, at=at)
    return BoxAnswer("accept", "WEIGHED", {"weighed": weight_g})


def expected_g(carton: Carton, box: Sku | None) -> int:
    """Return what goods, box and inserts should weigh together, in grams."""
    tare = (box.weight_g or 0) if box is not None else 0
    return carton.expected_weight_g + tare + inserts.weight_g(carton.pk)


def _weigh_and_close(
    carton: Carton, box: Sku | None, *, actor: Actor, at: dt.datetime
) -> BoxAnswer:
    expected = expected_g(carton, box)
    tolerance = int(str(settings_store.get(defaults.WEIGHT_TOLERANCE_PCT.name)))
    measured = carton.weight_g
    if measured and is_off(measured, expected, tolerance) and not carton.weight_reason:
        facts: dict[str, str | int] = {"weighed": measured, "expected": expected}
        return _ask(carton, "weight", box, "WEIGHT_OFF", facts)
    if not (measured and is_off(measured, expected, tolerance)):
        carton.weight_reason = ""
    carton.save(update_fields=["box_reason", "weight_reason"])
    packing.close(
        closing=packing.Closing(
            carton.pk, measured or max(expected, 1), box.pk if box is not None else None
        ),
        actor=actor,
        at=at,
    )
    if carton.box_reason or carton.weight_reason:
        audit.record(
            actor=actor,
            action="fulfillment.box_confirmed",
            target=f"carton:{carton.pk}",
            after={"box": carton.box_reason, "weight": carton.weight_reason},
            at=at,
        )
    return BoxAnswer("accept", "BOX_OK")


def _ask(
    carton: Carton, question: str, box: Sku | None, why: str, facts: dict[str, str | int]
) -> BoxAnswer:
    carton.question, carton.asked_box = question, box
    carton.save(update_fields=["question", "asked_box", "box_reason", "weight_reason"])
    return BoxAnswer("warn", why, facts)


def _is_confirmed(carton: Carton, box: Sku) -> bool:
    """Say whether the packer has insisted on this box: asked before, or scanned a second time."""
    if carton.asked_box_id != box.pk:
        return False
    return carton.question == "box" or carton.box_reason != ""
