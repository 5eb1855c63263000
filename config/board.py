"""The live board (M1): who does what on the floor now, what stands still, what was reported.

Reads only, a constant number of queries, each bound to the warehouses the principal may see.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from core.permissions import Principal
from fulfillment.models import PrintJob, ProblemReport, ScanRecord, Shift, Station, StationPrinter

#: People and stations shown; a board on the wall is read from afar.
MOST_ROWS = 60
MOST_REPORTS = 8
#: Scans of this time are counted; who has scanned nothing for so long is shown as quiet.
WINDOW = dt.timedelta(hours=1)
QUIET_AFTER = dt.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Worker:
    """One person whose shift is open: `work` is the kind of their last scan, "" for none."""

    name: str
    station: str
    warehouse: str
    work: str
    scan_count: int
    wrong_count: int
    last_at: dt.datetime | None
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One station in use: who stands there, which printer does not answer, what waits to print."""

    code: str
    warehouse: str
    people: Sequence[str]
    lost_printers: Sequence[str]
    waiting_prints: int
    failed_prints: int

    @property
    def needs_help(self) -> bool:
        """Say whether somebody has to look at the station."""
        return bool(self.lost_printers or self.failed_prints)


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows beside the matrix of shipments."""

    workers: Sequence[Worker]
    posts: Sequence[Post]
    reports: Sequence[ProblemReport]


def board(principal: Principal, *, now: dt.datetime) -> Board:
    """Return the people, stations and open reports in reach; `now` is UTC. Six queries."""
    shifts = list(
        Shift.objects.visible_to(principal)
        .open()
        .select_related("user", "station__warehouse")
        .order_by("station__warehouse__code", "user__full_name", "pk")[:MOST_ROWS]
    )
    reports = ProblemReport.objects.visible_to(principal).filter(closed_at=None)
    return Board(
        _workers(shifts, now),
        _posts(principal, shifts, now),
        list(reports.order_by("-pk")[:MOST_REPORTS]),
    )


@dataclass(slots=True)
class _Scans:
    count: int = 0
    wrong: int = 0
    last_at: dt.datetime | None = None
    work: str = ""


def _workers(shifts: Sequence[Shift], now: dt.datetime) -> list[Worker]:
    scans = _scans([f"user:{shift.user_id}" for shift in shifts], now)
    workers = []
    for shift in shifts:
        done = scans[f"user:{shift.user_id}"]
        heard = done.last_at or shift.started_at
        workers.append(
            Worker(
                name=str(shift.user),
                station=shift.station.code,
                warehouse=shift.station.warehouse.code,
                work=done.work,
                scan_count=done.count,
                wrong_count=done.wrong,
                last_at=done.last_at,
                is_quiet=now - heard >= QUIET_AFTER,
            )
        )
    return workers


def _scans(keys: Collection[str], now: dt.datetime) -> dict[str, _Scans]:
    found: dict[str, _Scans] = defaultdict(_Scans)
    rows = (
        ScanRecord.objects.filter(at__gte=now - WINDOW, actor_key__in=keys)
        .values_list("actor_key", "screen")
        .annotate(
            count=Count("pk"), wrong=Count("pk", filter=Q(verdict="reject")), last_at=Max("at")
        )
        .order_by("actor_key", "screen")
    )
    for key, screen, count, wrong, last_at in rows:
        done = found[key]
        done.count += count
        done.wrong += wrong
        if done.last_at is None or last_at > done.last_at:
            done.last_at, done.work = last_at, _work(screen)
    return found


def _work(screen: str) -> str:
    return "home" if screen == "home" else screen.removesuffix("-home").replace("dock", "receive")


def _posts(principal: Principal, shifts: Sequence[Shift], now: dt.datetime) -> list[Post]:
    stations = list(
        Station.objects.visible_to(principal)
        .filter(is_active=True)
        .select_related("warehouse")
        .order_by("warehouse__code", "code", "pk")[:MOST_ROWS]
    )
    lost = defaultdict(list)
    unreachable = StationPrinter.objects.filter(
        station__in=[row.pk for row in stations], printer__state="offline", printer__is_active=True
    )
    for station_id, code in unreachable.order_by("printer__code", "pk").values_list(
        "station_id", "printer__code"
    ):
        lost[station_id].append(code)
    prints = {
        station_id: (waiting, failed)
        for station_id, waiting, failed in PrintJob.objects.visible_to(principal)
        .filter(Q(state="queued") | Q(state="failed", asked_at__gte=now - WINDOW))
        .values_list("station_id")
        .annotate(
            waiting=Count("pk", filter=Q(state="queued")),
            failed=Count("pk", filter=Q(state="failed")),
        )
        .order_by("station_id")
    }
    people = defaultdict(list)
    for shift in shifts:
        people[shift.station_id].append(str(shift.user))
    return [
        Post(
            row.code, row.warehouse.code, people[row.pk], lost[row.pk], *prints.get(row.pk, (0, 0))
        )
        for row in stations
    ]
