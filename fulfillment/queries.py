"""Read models of the floor's screens; each costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from fulfillment.models import Carton, Manifest, PickTask, PutBackTask, Wave
from inventory.models import Warehouse
from orders.models import Shipment

if TYPE_CHECKING:
    from core.permissions import Principal

READY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class ReadyGroup:
    """Shipments that could go into one wave: same warehouse, cut-off and service."""

    warehouse_id: int
    warehouse_code: str
    timezone: str
    cutoff_at: dt.datetime | None
    service_code: str
    shipment_count: int
    unit_count: int

    @property
    def key(self) -> str:
        """The group's key in a URL: warehouse, cut-off (UTC, minutes), service."""
        cutoff = self.cutoff_at.strftime("%Y%m%d%H%M") if self.cutoff_at else "none"
        return f"{self.warehouse_code}~{cutoff}~{self.service_code}"


@dataclass(frozen=True, slots=True)
class Blocked:
    """Shipments that no wave can take now, by the reason: count and the filter that shows them."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class PlanBoard:
    """Wave planning at a glance: groups that are ready, and why other shipments are not."""

    groups: list[ReadyGroup]
    blocked: list[Blocked]


class GroupKey(NamedTuple):
    """What the shipments of a ready group have in common."""

    warehouse_id: int
    cutoff_at: dt.datetime | None
    service_code: str


#: Tasks of a batch whose units have not all left its tote for the put wall.
UNSORTED = Q(round__method="batch", picked_qty__gt=F("sorted_qty"))
#: Tasks of a shipment that keep it from being packed.
TO_DO = Q(pick_tasks__state__in=("open", "skipped")) | Q(
    pick_tasks__round__method="batch", pick_tasks__picked_qty__gt=F("pick_tasks__sorted_qty")
)
GROUP = GroupKey._fields
SIZES = (Count("pk"), Sum("unit_qty"))


@dataclass(frozen=True, slots=True)
class Queue:
    """One kind of work on the floor and how much of it waits."""

    kind: str
    count: int
    first_cutoff_at: dt.datetime | None = None


def ready(principal: Principal) -> QuerySet[Shipment]:
    """Return the shipments a wave may take: planned, nothing holds the order or stops them.

    What follows an earlier shipment of its order is one of them: it is planned once its units are
    promised.
    """
    return ready_among(Shipment.objects.visible_to(principal))


def ready_among(shipments: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Keep the shipments a wave may take; see `ready`."""
    rows: QuerySet[Shipment] = shipments.filter(
        status="planned", order__stage="routed", exception=""
    ).exclude(order__status="cancelled")
    return rows


def plan_board(principal: Principal) -> PlanBoard:
    """Return what could be released, the earliest cut-off first, and what waits. Three queries.

    What waits is counted by itself and taken off: it is little, while asking every planned
    shipment for its order would read them all.
    """
    planned = Shipment.objects.visible_to(principal).filter(status="planned").order_by()
    shipments: Counter[GroupKey] = Counter()
    units: Counter[GroupKey] = Counter()
    reasons: Counter[str] = Counter()
    stopped = 0
    for exception, *key, count, qty in planned.values_list("exception", *GROUP).annotate(*SIZES):
        if exception:
            stopped += count
            continue
        shipments[GroupKey(*key)] += count
        units[GroupKey(*key)] += qty
    waiting = planned.exclude(order__stage="routed")
    for stage, exception, *key, count, qty in waiting.values_list(
        "order__stage", "exception", *GROUP
    ).annotate(*SIZES):
        reasons[stage] += count
        if exception:
            stopped -= count
            continue
        shipments[GroupKey(*key)] -= count
        units[GroupKey(*key)] -= qty
    if stopped > 0:
        # The order is ready, its shipment is not: a person has to look at it.
        reasons["attention"] += stopped
    return PlanBoard(
        _groups(shipments, units),
        [Blocked(stage, count) for stage, count in sorted(reasons.items())],
    )


def _groups(shipments: Counter[GroupKey], units: Counter[GroupKey]) -> list[ReadyGroup]:
    ready_keys = [key for key, count in shipments.items() if count > 0]
    places = Warehouse.objects.in_bulk({key.warehouse_id for key in ready_keys})
    return [
        ReadyGroup(
            warehouse_id=key.warehouse_id,
            warehouse_code=places[key.warehouse_id].code,
            timezone=places[key.warehouse_id].timezone,
            cutoff_at=key.cutoff_at,
            service_code=key.service_code,
            shipment_count=shipments[key],
            unit_count=units[key],
        )
        for key in sorted(ready_keys, key=_by_urgency)
    ]


def _by_urgency(key: GroupKey) -> tuple[bool, float, int, str]:
    cutoff = key.cutoff_at.timestamp() if key.cutoff_at else 0.0
    return (key.cutoff_at is None, cutoff, key.warehouse_id, key.service_code)


def group_members(principal: Principal, key: str, limit: int = READY_LIMIT) -> QuerySet[Shipment]:
    """Return the shipments of one ready group, urgent first; at most `limit`.

    Raises:
        ValueError: the key names no group.
    """
    warehouse_code, cutoff, service = key.split("~", 2)
    rows = ready(principal).filter(warehouse__code=warehouse_code, service_code=service)
    if cutoff == "none":
        rows = rows.filter(cutoff_at=None)
    else:
        start = dt.datetime.strptime(cutoff, "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
        last = start.replace(second=59, microsecond=999_999)
        rows = rows.filter(cutoff_at__range=(start, last))
    return (
        rows.select_related("order", "warehouse")
        .annotate(line_count=Count("lines"))
        .order_by("promised_by", "pk")[:limit]
    )


def waves_on_floor(principal: Principal) -> QuerySet[Wave]:
    """Return the waves being worked on, with how many of their tasks are done."""
    return (
        Wave.objects.visible_to(principal)
        .on_floor()
        .select_related("warehouse")
        .annotate(done_count=Count("tasks", filter=~Q(tasks__state__in=("open", "skipped"))))
        .order_by("-pk")[:20]
    )


def queues(principal: Principal) -> list[Queue]:
    """Return the floor's queues for the task home: pick, pack, put back, dispatch. Four queries."""
    picks = (
        PickTask.objects.visible_to(principal)
        .filter(state="open", round=None)
        .aggregate(count=Count("pk"), first=Min("shipment__cutoff_at"))
    )
    pack = to_pack(principal).aggregate(count=Count("pk"), first=Min("cutoff_at"))
    back = PutBackTask.objects.visible_to(principal).filter(state="open").count()
    manifests = Manifest.objects.visible_to(principal).filter(state="open").count()
    return [
        Queue("pick", picks["count"], picks["first"]),
        Queue("pack", pack["count"], pack["first"]),
        Queue("put_back", back),
        Queue("dispatch", manifests),
    ]


def to_pack(principal: Principal) -> QuerySet[Shipment]:
    """Return the shipments whose picking is finished and whose box is not, urgent first.

    Those that wait for a person's decision are left out.
    """
    rows: QuerySet[Shipment] = (
        Shipment.objects.visible_to(principal)
        .filter(status="picking", exception="")
        .annotate(waiting=Count("pick_tasks", filter=TO_DO))
        .filter(waiting=0)
        .select_related("order", "warehouse")
        .order_by("cutoff_at", "pk")
    )
    return rows


def next_pick(principal: Principal, actor_key: str) -> PickTask | None:
    """Return the task this picker should do: their own open one, else the first of the walk."""
    rows = PickTask.objects.visible_to(principal).open().for_walk().filter(round=None)
    mine = rows.filter(assigned_to=actor_key).first()
    return mine or rows.filter(assigned_to="").order_by("wave_id", "sequence", "pk").first()


def walk_of(task: PickTask) -> list[PickTask]:
    """Return the tasks of the wave in walking order, for the progress bar and the next stops."""
    return list(
        PickTask.objects.filter(wave_id=task.wave_id)
        .select_related("bin", "sku")
        .order_by("sequence", "pk")
    )


def shipment_in_tote(principal: Principal, tote_code: str) -> Shipment | None:
    """Return the shipment whose picked goods stand in this tote, or None."""
    task = (
        PickTask.objects.visible_to(principal)
        .filter(tote__code=tote_code, state__in=("picked", "short"), shipment__status="picking")
        .exclude(UNSORTED)
        .select_related("shipment__order", "shipment__warehouse")
        .order_by("-pk")
        .first()
    )
    return task.shipment if task else None


def carton_bundle(carton_ids: Sequence[int]) -> QuerySet[Carton]:
    """Return cartons with everything their pack screen shows."""
    return (
        Carton.objects.filter(pk__in=carton_ids)
        .select_related("shipment__order", "shipment__warehouse", "box_sku", "station_bin")
        .order_by("pk")
    )
