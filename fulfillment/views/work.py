"""The kinds of floor work that stand on the task home besides picking, packing and loading.

A flow adds one line here: what it is called, where its own list is, how much of it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.permissions import Principal
from fulfillment.models import PickRound
from fulfillment.services import (
    count_desk,
    kit_desk,
    move_desk,
    pallet_desk,
    put_away_desk,
    transfer_desk,
)
from suppliers.queries import arrivals_at_dock


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of floor work. `waiting` gives its rows, or how many; `url_name` takes no arguments.

    Rows of all kinds are counted by one statement; a number costs its own.
    """

    text: str | Promise
    url_name: str
    capability: str
    waiting: Callable[[Principal], QuerySet[Any] | int]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of the task home."""

    text: str | Promise
    url_name: str
    count: int


WORK: tuple[Work, ...] = (
    Work(_("Receive"), "floor-dock", "fulfillment.receive", arrivals_at_dock),
    Work(_("Put away"), "floor-put-away", "fulfillment.receive", put_away_desk.waiting_count),
    Work(
        _("Pick with a cart"),
        "floor-rounds",
        "fulfillment.pick",
        lambda principal: PickRound.objects.visible_to(principal).waiting(),
    ),
    Work(_("Kits"), "floor-kits", "fulfillment.build_kits", kit_desk.to_do),
    Work(_("Move and refill"), "floor-refills", "fulfillment.move", move_desk.waiting),
    Work(_("Transfers"), "floor-transfers", "fulfillment.move", transfer_desk.to_do),
    Work(_("Pallets"), "floor-pallets", "fulfillment.pack", pallet_desk.waiting),
    Work(_("Count"), "floor-count", "fulfillment.count", count_desk.waiting),
)


def rows_for(principal: Principal) -> list[WorkRow]:
    """Return the kinds of work this principal may do, with how much waits."""
    mine = [work for work in WORK if principal.may(work.capability)]
    found = [work.waiting(principal) for work in mine]
    counts = counted_together([rows for rows in found if not isinstance(rows, int)])
    return [
        WorkRow(work.text, work.url_name, rows if isinstance(rows, int) else next(counts))
        for work, rows in zip(mine, found, strict=True)
    ]


def counted_together(kinds: Sequence[QuerySet[Any]]) -> Iterator[int]:
    """Yield how many rows each queryset has, in order, by one statement for all of them."""
    parts = [
        rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
        .order_by()
        .annotate(kind_of_work=Value(place, IntegerField()))
        .values("kind_of_work")
        .annotate(rows=Count("pk"))
        .values_list("kind_of_work", "rows")
        for place, rows in enumerate(kinds)
    ]
    counted = dict(parts[0].union(*parts[1:], all=True)) if parts else {}
    return (counted.get(place, 0) for place in range(len(kinds)))
