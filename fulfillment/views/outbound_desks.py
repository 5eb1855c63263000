"""The desks of picking, packing, dispatch and put-backs."""

from __future__ import annotations

from fulfillment import queries
from fulfillment.models import Carton, Manifest, PickTask, PutBackTask
from fulfillment.services import dispatch_desk, pack_desk, pick_desk, put_back_desk, supervisors
from fulfillment.views import cards
from fulfillment.views.desks import Desk, ScanCall


def may_swap(call: ScanCall) -> bool:
    """Whether this person may say why another lot is taken than planned (X13)."""
    return any(call.principal.may(right) for right in supervisors.LOT_RIGHTS)


PICK = Desk(
    screen="pick",
    capability="fulfillment.pick",
    task_kind="pick_task",
    page="floor-pick-task",
    home="floor-pick",
    template="fulfillment/floor/pick_card.html",
    rows=lambda principal: (
        PickTask.objects.visible_to(principal).for_walk().select_related("warehouse")
    ),
    scan=lambda task, call: pick_desk.scan(
        task, call.raw, actor=call.actor, at=call.at, may_swap=may_swap(call)
    ),
    card=lambda task, call: cards.pick_context(task),
)
PACK = Desk(
    screen="pack",
    capability="fulfillment.pack",
    task_kind="carton",
    page="floor-carton",
    home="floor-pack",
    template="fulfillment/floor/pack_card.html",
    rows=Carton.objects.visible_to,
    scan=lambda carton, call: pack_desk.scan(carton, call.raw, actor=call.actor, at=call.at),
    card=lambda carton, call: cards.pack_context(queries.carton_bundle([carton.pk]).get()),
)
DISPATCH = Desk(
    screen="dispatch",
    capability="fulfillment.dispatch",
    task_kind="manifest",
    page="floor-manifest",
    home="floor-dispatch",
    template="fulfillment/floor/dispatch_card.html",
    rows=lambda principal: Manifest.objects.visible_to(principal).select_related("warehouse"),
    scan=lambda manifest, call: dispatch_desk.scan(
        manifest, call.raw, actor=call.actor, at=call.at
    ),
    card=lambda manifest, call: cards.dispatch_context(manifest),
)
PUT_BACK = Desk(
    screen="put-back",
    capability="fulfillment.pick",
    task_kind="put_back",
    page="floor-put-back",
    home="floor-home",
    template="fulfillment/floor/wrong.html",
    rows=PutBackTask.objects.visible_to,
    scan=lambda task, call: put_back_desk.scan(task, call.raw, actor=call.actor, at=call.at),
    card=lambda task, call: {},
)
DESKS = (PICK, PACK, DISPATCH, PUT_BACK)
