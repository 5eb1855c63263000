"""The kinds of floor work that stand on the task home besides picking, packing and loading.

A flow adds one line here: what it is called, where its own list is, how much of it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.permissions import Principal
from fulfillment.models import PickRound
from fulfillment.services import (
    count_desk,
    dock_desk,
    kit_desk,
    move_desk,
    pallet_desk,
    put_away_desk,
    transfer_desk,
)


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of floor work. `count` costs one query; `url_name` takes no arguments."""

    text: str | Promise
    url_name: str
    capability: str
    count: Callable[[Principal], int]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of the task home."""

    text: str | Promise
    url_name: str
    count: int


WORK: tuple[Work, ...] = (
    Work(_("Receive"), "floor-dock", "fulfillment.receive", dock_desk.waiting_count),
    Work(_("Put away"), "floor-put-away", "fulfillment.receive", put_away_desk.waiting_count),
    Work(
        _("Pick with a cart"),
        "floor-rounds",
        "fulfillment.pick",
        lambda principal: PickRound.objects.visible_to(principal).waiting().count(),
    ),
    Work(_("Kits"), "floor-kits", "fulfillment.build_kits", kit_desk.waiting_count),
    Work(_("Move and refill"), "floor-refills", "fulfillment.move", move_desk.waiting_count),
    Work(_("Transfers"), "floor-transfers", "fulfillment.move", transfer_desk.waiting_count),
    Work(_("Pallets"), "floor-pallets", "fulfillment.pack", pallet_desk.waiting_count),
    Work(_("Count"), "floor-count", "fulfillment.count", count_desk.waiting_count),
)


def rows_for(principal: Principal) -> list[WorkRow]:
    """Return the kinds of work this principal may do, with how much waits; one query each."""
    return [
        WorkRow(work.text, work.url_name, work.count(principal))
        for work in WORK
        if principal.may(work.capability)
    ]
