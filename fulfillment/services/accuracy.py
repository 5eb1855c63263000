"""How exactly a warehouse picks: lines, units, shorts and wrong scans by day and round (A-29).

Scans carry no warehouse, so a day's scans of a picker count for the warehouse most of whose lines
they finished that day. People are not shown: a row is a team.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from core.permissions import Principal
from fulfillment.models import PickRound, PickTask, ScanRecord
from inventory.models import Warehouse

#: The screens whose scans are picks.
SCREENS = ("pick", "round", "wall")
FINISHED = ("picked", "short")


@dataclass(slots=True)
class TeamDay:
    """One day of one warehouse's pickers (day in UTC)."""

    day: dt.date
    warehouse_code: str
    line_count: int = 0
    unit_qty: int = 0
    short_count: int = 0
    right_count: int = 0
    wrong_count: int = 0

    @property
    def right_pct(self) -> str:
        """Return the share of scans that were right, in percent with one decimal, or a dash."""
        return share(self.right_count, self.right_count + self.wrong_count)


@dataclass(frozen=True, slots=True)
class RoundScans:
    """One ended round: what it fetched, and its right and wrong scans."""

    round: PickRound
    line_count: int
    unit_qty: int
    right_count: int
    wrong_count: int

    @property
    def right_pct(self) -> str:
        """Return the share of scans that were right, in percent with one decimal, or a dash."""
        return share(self.right_count, self.right_count + self.wrong_count)


def share(part: int, whole: int) -> str:
    """Return `part` of `whole` in percent, rounded down to one decimal; a dash for none at all."""
    if not whole:
        return "—"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}"


def team_days(principal: Principal, *, since: dt.datetime) -> list[TeamDay]:
    """Return the days of each visible warehouse since a moment, newest first. Three queries."""
    done = (
        PickTask.objects.visible_to(principal)
        .filter(state__in=FINISHED, updated_at__gte=since)
        .annotate(day=TruncDate("updated_at", tzinfo=dt.UTC))
        .values_list("day", "warehouse_id", "assigned_to")
        .annotate(
            lines=Count("pk"),
            units=Sum("picked_qty"),
            shorts=Count("pk", filter=Q(state="short")),
        )
        .order_by("day", "warehouse_id", "assigned_to")
    )
    codes = dict(Warehouse.objects.values_list("pk", "code"))
    rows: dict[tuple[dt.date, int], TeamDay] = {}
    homes: dict[tuple[dt.date, str], tuple[int, int]] = {}
    for day, warehouse_id, picker, lines, units, shorts in done:
        row = rows.setdefault((day, warehouse_id), TeamDay(day, codes[warehouse_id]))
        row.line_count += lines
        row.unit_qty += units
        row.short_count += shorts
        if lines > homes.get((day, picker), (0, 0))[0]:
            homes[day, picker] = (lines, warehouse_id)
    for day, picker, wrong, count in _scans(since):
        if (day, picker) in homes:
            row = rows[day, homes[day, picker][1]]
            if wrong:
                row.wrong_count += count
            else:
                row.right_count += count
    return sorted(rows.values(), key=lambda row: (-row.day.toordinal(), row.warehouse_code))


def _scans(since: dt.datetime) -> Sequence[tuple[dt.date, str, bool, int]]:
    scans = ScanRecord.objects.filter(screen__in=SCREENS, at__gte=since)
    counted = (
        scans.annotate(day=TruncDate("at", tzinfo=dt.UTC))
        .values_list("day", "actor_key", "verdict")
        .annotate(count=Count("pk"))
        .order_by("day", "actor_key", "verdict")
    )
    return [(day, actor, verdict == "reject", count) for day, actor, verdict, count in counted]


def last_rounds(principal: Principal, *, limit: int = 20) -> list[RoundScans]:
    """Return the rounds that ended last with their scans, newest first. Three queries."""
    ended = (
        PickRound.objects.visible_to(principal)
        .filter(state__in=("sorting", "closed"), closed_at__isnull=False)
        .select_related("cart", "wave", "warehouse")
        .order_by("-closed_at", "-pk")[:limit]
    )
    rounds = list(ended)
    fetched = {
        round_id: (lines, units)
        for round_id, lines, units in PickTask.objects.filter(round__in=rounds, state__in=FINISHED)
        .values_list("round_id")
        .annotate(lines=Count("pk"), units=Sum("picked_qty"))
        .order_by("round_id")
    }
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    scans = ScanRecord.objects.filter(task_key__in=[row.key for row in rounds], screen="round")
    for key, verdict, count in (
        scans.values_list("task_key", "verdict").annotate(count=Count("pk")).order_by("task_key")
    ):
        counts[key][verdict == "reject"] += count
    found = []
    for row in rounds:
        lines, units = fetched.get(row.pk, (0, 0))
        right, wrong = counts[row.key]
        found.append(RoundScans(row, lines, units, right, wrong))
    return found
