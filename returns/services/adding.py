"""Add an item to a return that has not ended: the customer wrote, or called."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from core import audit
from core.actors import Actor
from core.errors import StateConflict, gettext_noop
from returns.domain import states
from returns.models import ReturnLine
from returns.queries import returnable
from returns.services import closing, policies, progress, request_lines
from returns.services.errors import ReturnMoveRefused, ReturnNotFound, ReturnReasonMissing
from returns.services.policies import LineWant
from returns.services.progress import Why
from returns.services.request_errors import LineUnknown
from returns.services.request_lines import LineCase, LineDraft


class LineIsThere(StateConflict):
    """The return has a line of this item already."""

    code = "LINE_IS_THERE"
    text = gettext_noop("%(name)s is in this return already. Decide its line instead.")


@transaction.atomic
def add_line(
    request_id: int, draft: LineDraft, *, reason: str, actor: Actor, at: dt.datetime
) -> ReturnLine:
    """Add units of an order line to a return; staff answer for what the policy would refuse.

    Locks the order, then the return.

    Raises:
        ReturnNotFound: no such return, or none of an order.
        ReturnReasonMissing: `reason` is empty.
        ReturnMoveRefused: the goods are inspected, or the return has ended.
        LineUnknown, LineIsThere, UnitsGone, ReasonUnknown, ExchangeMissing: the line can't be.
    """
    if not reason.strip():
        raise ReturnReasonMissing
    order = closing.lock_order_of(request_id)
    row = progress.lock(request_id)
    if order is None:
        raise ReturnNotFound
    if row.status not in states.UNSENT_STATES | {states.IN_TRANSIT, states.ARRIVED}:
        raise ReturnMoveRefused(number=row.number, state=row.status, event="add_line")
    units = returnable.units_of(order).by_id.get(draft.order_line_id)
    if units is None:
        raise LineUnknown
    want = LineWant(draft.order_line_id, draft.qty, draft.reason_code, draft.resolution)
    decision = policies.decide_order(order.pk, [want], at=at, method=row.method)
    reasons = request_lines.reasons_of([draft])
    verdict = decision.line(draft.order_line_id)
    case = LineCase(draft, units, verdict, reasons.get(draft.reason_code))
    lines = ReturnLine.objects.filter(request=row)
    if lines.filter(order_line_id=draft.order_line_id, kind=ReturnLine.Kind.EXPECTED).exists():
        raise LineIsThere(name=case.name)
    request_lines.check_facts(case, photos=(), asks_photo=False)
    last = lines.aggregate(last=Max("position"))["last"] or 0
    line = request_lines.build(row, last + 1, case)
    if line.is_kept and row.decided_at is not None:
        line.accepted_qty = line.qty
    line.save()
    facts = {"position": line.position, "qty": line.qty, "resolution": str(line.resolution)}
    audit.record(
        actor=actor,
        action="returns.line_added",
        target=row.key,
        after=facts,
        reason=reason.strip(),
        at=at,
    )
    why = Why(reason.strip(), facts, is_public=False)
    progress.note(row, "LINE_ADDED", actor=actor, at=at, why=why)
    return line
