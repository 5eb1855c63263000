"""The count screen's scans (W17): read in the context of one count, then kept or finished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from core.actors import Actor
from core.permissions import Principal
from fulfillment.domain.count_steps import CountCard, Counted, advance
from fulfillment.domain.pick_steps import Scanned
from fulfillment.services import resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin, CountTask, CycleCount, CycleCountRound, Lot, Sku
from inventory.services import count_scans, cycle_counts

HOME = "next"
OUTCOMES = {
    "posted": ("complete", "COUNT_DONE"),
    "recount": ("warn", "COUNT_RECOUNT"),
    "review": ("warn", "COUNT_REVIEW"),
}


def running_round(count: CycleCount, actor: Actor) -> CycleCountRound | None:
    """Return the actor's open round of a count, with the item whose lot is asked."""
    rows = CycleCountRound.objects.filter(count=count, finished_at__isnull=True)
    return rows.filter(counter_key=actor.key).select_related("current_sku").first()


def card_of(count: CycleCount, running: CycleCountRound | None) -> CountCard:
    """Return a count as the rules of count scans see it; without a round the bin is awaited."""
    if running is None:
        return CountCard(count.bin.code)
    return CountCard(
        count.bin.code,
        running.step,  # type: ignore[arg-type]  # the choices are the literal's values
        running.current_sku.code if running.current_sku else "",
        running.pending_qty,
        len(running.trail),
    )


def open_bin(raw: str, *, principal: Principal, at: dt.datetime) -> ScanAnswer:
    """Answer a scan on the count home: a bin code opens its count, CMD-NEXT the next bin due.

    Raises:
        NotCountable, SamePersonCounts, AnotherPersonCounts, CountStateConflict: as the service.
    """
    code = "".join(raw.split()).upper()
    if code == "CMD-NEXT":
        return _next_due(principal)
    places = Bin.objects.visible_to(principal).real().filter(code=code.removeprefix("BIN-"))
    found = list(places.order_by("pk")[:2])
    if len(found) != 1:
        why = "AMBIGUOUS" if found else "UNKNOWN_CODE"
        return ScanAnswer("reject", why, {"scanned": raw.strip()[:64], "wanted": "bin"})
    running = cycle_counts.start(found[0].pk, actor=principal.actor, at=at)
    return ScanAnswer("accept", "OPENED", {"scanned": code}, f"cycle_count:{running.count_id}")


def open_due(code: str, principal: Principal) -> ScanAnswer | None:
    """Open the count of a bin that is due, from any home screen; None when none is."""
    if not principal.may("fulfillment.count"):
        return None
    count = (
        CycleCount.objects.visible_to(principal)
        .to_count()
        .filter(bin__code=code.removeprefix("BIN-"))
        .first()
    )
    if count is None:
        return None
    return ScanAnswer("accept", "OPENED", {"scanned": code}, f"cycle_count:{count.pk}")


def to_count(principal: Principal, limit: int = 12) -> list[CycleCount]:
    """Return the counts that wait for this person: not those they counted last. One query."""
    rows = CycleCount.objects.visible_to(principal).to_count().select_related("bin", "warehouse")
    mine = CycleCountRound.objects.filter(counter_key=principal.actor.key)
    return list(rows.exclude(state="recount", rounds__in=mine)[:limit])


def task_bins(principal: Principal, limit: int = 12) -> list[CountTask]:
    """Return the count tasks (short picks) whose bin has no open count yet. One query."""
    rows = CountTask.objects.visible_to(principal).open().select_related("bin", "sku")
    opened = CycleCount.objects.open().values("bin_id")
    return list(rows.exclude(bin_id__in=opened).order_by("due_at", "pk")[:limit])


def waiting(principal: Principal) -> QuerySet[CycleCount]:
    """Return the bins that wait to be counted."""
    return CycleCount.objects.visible_to(principal).to_count()


def _next_due(principal: Principal) -> ScanAnswer:
    due = to_count(principal, 1)
    if not due:
        return ScanAnswer("warn", "NOTHING_TO_DO")
    return ScanAnswer("accept", "OPENED", next_key=f"cycle_count:{due[0].pk}")


def scan(count: CycleCount, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan for a count and keep what it says.

    Raises:
        SamePersonCounts, AnotherPersonCounts, CountStateConflict, CountQuantityRefused: as the
            services.
    """
    running = running_round(count, actor)
    card = card_of(count, running)
    scanned = resolving.resolve(
        raw,
        warehouse_id=count.warehouse_id,
        sku_id=running.current_sku_id if running and running.step == "lot" else None,
    )
    sku = Sku.objects.filter(code=scanned.value).first() if scanned.kind == "item" else None
    answer = advance(card, scanned, lot_tracked=bool(sku and sku.lot_tracked))
    data: dict[str, Any] = {
        "scanned": scanned.value or raw[:64],
        "bin": card.bin_code,
        "sku": sku.code if sku else card.sku_code,
        "wanted": card.bin_code if card.step == "bin" else "an item",
    }
    if answer.verdict == "reject" or not answer.act:
        return ScanAnswer(answer.verdict, answer.why, data)
    if running is None:
        if answer.act == "leave":
            return ScanAnswer("warn", "COUNT_LEFT", data, HOME)
        cycle_counts.start(count.bin_id, actor=actor, at=at)
        return ScanAnswer(answer.verdict, answer.why, data)
    if answer.act == "finish":
        return _finish(count, data, actor=actor, at=at)
    if answer.act == "leave":
        cycle_counts.leave(count.pk, actor=actor, at=at)
        return ScanAnswer("warn", "COUNT_LEFT", data, HOME)
    return _keep(running, scanned, sku, answer, data, actor)


def _finish(
    count: CycleCount, data: Mapping[str, Any], *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    ended = cycle_counts.finish(count.pk, actor=actor, at=at)
    verdict, why = OUTCOMES[ended.state]
    return ScanAnswer(verdict, why, dict(data), HOME)


def _keep(
    running: CycleCountRound,
    scanned: Scanned,
    sku: Sku | None,
    answer: Counted,
    data: dict[str, Any],
    actor: Actor,
) -> ScanAnswer:
    if answer.act in {"add", "add_lot"}:
        return _add(running, scanned, sku, answer, data, actor)
    if answer.act == "ask_lot":
        sku_id = sku.pk if sku else running.current_sku_id
        count_scans.set_step(running.pk, "lot", sku_id=sku_id, pending_qty=answer.qty, actor=actor)
        return ScanAnswer(answer.verdict, answer.why, data | {"counted": answer.qty})
    plain: dict[str, Callable[[], object]] = {
        "drop_lot": lambda: count_scans.set_step(running.pk, "item", actor=actor),
        "ask_empty": lambda: count_scans.set_step(running.pk, "empty", actor=actor),
        "undo": lambda: count_scans.take_back(running.pk, actor=actor),
        "set_qty": lambda: count_scans.set_last(running.pk, answer.qty, actor=actor),
    }
    done = plain[answer.act]()
    counted = getattr(done, "counted_qty", 0)
    return ScanAnswer(answer.verdict, answer.why, data | {"counted": counted})


def _add(
    running: CycleCountRound,
    scanned: Scanned,
    sku: Sku | None,
    answer: Counted,
    data: dict[str, Any],
    actor: Actor,
) -> ScanAnswer:
    wanted = sku or running.current_sku
    if wanted is None:
        return ScanAnswer("reject", "COUNT_SCAN_ITEM", data)
    lot_id = None
    if wanted.lot_tracked:
        code = scanned.value if scanned.kind == "lot" else scanned.lot
        lot = Lot.objects.filter(sku=wanted, code=code).first()
        if lot is None:
            return ScanAnswer("reject", "COUNT_UNKNOWN_LOT", data | {"scanned": code})
        lot_id = lot.pk
    line = count_scans.add_units(running.pk, wanted.pk, lot_id, answer.qty, actor=actor)
    return ScanAnswer(
        "accept", answer.why, data | {"sku": wanted.code, "counted": line.counted_qty}
    )
