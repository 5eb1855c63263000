"""Look for drift every night and tell those who answer for the stock. Repairs nothing."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.errors import gettext_noop
from core.models import Job
from core.notices import NoticeDraft, notify_role
from inventory.services import checking

JOB: Final = "inventory.check_stock"
TOLD: Final = ("admin", "warehouse_manager")
MOST_SHOWN: Final = 20
TEXT: Final = gettext_noop(
    "%(count)s stock numbers differ from the ledger, first %(first)s. Stop moving that SKU and "
    "run check_stock."
)


def look(*, at: dt.datetime) -> dict[str, int | str]:
    """Compare stock with the ledger and return the number of differences and the first ones.

    Each difference found makes one notice a person, until it is read. Takes seconds for a million
    moves and holds no locks.
    """
    drifts = checking.check()
    shown = [f"{drift.rule} {drift.where}" for drift in drifts[:MOST_SHOWN]]
    if drifts:
        draft = NoticeDraft(
            kind="stock_drift",
            text=TEXT,
            at=at,
            data={"count": len(drifts), "first": shown[0]},
            dedupe_key=f"stock_drift:{at.date()}",
        )
        for role in TOLD:
            notify_role(role, draft)
    return {"drift": len(drifts), "first": ", ".join(shown)[:500]}


def last_drift() -> int:
    """Return how many differences the last nightly look found; 0 when there was none yet."""
    done = Job.objects.filter(name=JOB, status=Job.Status.SUCCEEDED).order_by("-pk")
    result = done.values_list("result", flat=True).first()
    return int(result["drift"]) if result else 0
