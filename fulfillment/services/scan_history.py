"""The last scans of a person: which were counted, which are undone, which can still be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from core.actors import Actor
from core.errors import gettext_noop
from fulfillment.models import Carton, Manifest, PickTask, ScanRecord

LAST: Final = 10
#: Screens whose scans only open something.
OPENING: Final = frozenset({"home", "pack-home", "dispatch-home", "prints"})
NOT_COUNTED: Final = gettext_noop("not counted")
UNDONE: Final = gettext_noop("undone")
HANDED_OVER: Final = gettext_noop("handed over: what comes back is a return")
BOX_CLOSED: Final = gettext_noop("box closed, label ordered: void the label first")


@dataclass(frozen=True, slots=True)
class PastScan:
    """One scan, and why it can't be undone (empty: it can)."""

    record: ScanRecord
    why_not: str

    @property
    def may_undo(self) -> bool:
        """Say whether an undo could take this scan back."""
        return not self.why_not


def history(actor: Actor) -> list[PastScan]:
    """Return the actor's last ten scans, newest first, in at most four queries."""
    rows = list(ScanRecord.objects.filter(actor_key=actor.key).order_by("-pk")[:LAST])
    final = _final(rows)
    return [PastScan(row, _why_not(row, final)) for row in rows]


def newest_to_undo(actor: Actor) -> ScanRecord | None:
    """Return the last scan that counted and is not undone yet; None when none of ten is left.

    It may be final all the same: then the undo is refused with the reason.
    """
    for past in history(actor):
        if past.may_undo or past.why_not in {HANDED_OVER, BOX_CLOSED}:
            return past.record
    return None


def _why_not(row: ScanRecord, final: dict[str, str]) -> str:
    changed = row.verdict in {"accept", "complete", "warn"} and row.screen not in OPENING
    if row.is_undone:
        return UNDONE
    if not changed or not row.task_key or row.answer.get("why") == "OPENED":
        return NOT_COUNTED
    return final.get(row.task_key, "")


def _final(rows: Sequence[ScanRecord]) -> dict[str, str]:
    """Return the tasks among these that are past undoing, with the reason."""
    found: dict[str, str] = {}
    picks = PickTask.objects.filter(pk__in=_ids(rows, "pick_task"))
    for pk, state in picks.values_list("pk", "shipment__status"):
        if state in {"shipped", "delivered"}:
            found[f"pick_task:{pk}"] = HANDED_OVER
        elif state == "packed":
            found[f"pick_task:{pk}"] = BOX_CLOSED
    cartons = Carton.objects.filter(pk__in=_ids(rows, "carton"), state="closed")
    for pk, state in cartons.values_list("pk", "shipment__status"):
        left = state in {"shipped", "delivered"}
        found[f"carton:{pk}"] = HANDED_OVER if left else BOX_CLOSED
    manifests = Manifest.objects.filter(pk__in=_ids(rows, "manifest"), state="closed")
    for pk in manifests.values_list("pk", flat=True):
        found[f"manifest:{pk}"] = HANDED_OVER
    return found


def _ids(rows: Iterable[ScanRecord], kind: str) -> list[int]:
    keys = [row.task_key.partition(":") for row in rows]
    return [int(number) for given, _colon, number in keys if given == kind and number.isdecimal()]
