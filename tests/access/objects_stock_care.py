"""Counts and adjustments that wait for somebody."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from core import files
from core.actors import SYSTEM
from inventory.domain.lines import AdjustLine
from inventory.models import CycleCount, Shortfall
from inventory.services import adjusting, cycle_counts, lot_extensions
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import inventory as make

if TYPE_CHECKING:
    from tests.access.world import World


def _places(world: World):
    return [
        make.make_bin(make.Warehouse.objects.get(code=code))
        for code in (world.own_warehouse, world.foreign_warehouse)
    ]


@kind("cycle-count")
def _cycle_count(world: World) -> Objects:
    wanted = [cycle_counts.CountRequest(place.pk, "PLAN", make.NOW) for place in _places(world)]
    own, foreign = cycle_counts.request(wanted, actor=SYSTEM, at=make.NOW)
    assert isinstance(own, CycleCount)
    return by_pk(own, foreign)


@kind("adjustment")
def _adjustment(world: World) -> Objects:
    rows = []
    for place in _places(world):
        sku = make.make_sku()
        make.put_stock(sku, 20, at_bin=place)
        asked = adjusting.adjust(
            AdjustLine(place.pk, sku.pk, -9),
            event_key=make.a_key("access"),
            reason="LOST",
            actor=SYSTEM,
            at=make.NOW,
        )
        rows.append(asked.request)
    return by_pk(*rows)


@kind("shortfall")
def _shortfall(world: World) -> Objects:
    rows = []
    for place in _places(world):
        sku = make.make_sku()
        make.put_stock(sku, 5, at_bin=place)
        rows.append(
            Shortfall.objects.create(
                owner_key=make.a_key("transfer_line"),
                warehouse=place.warehouse,
                sku=sku,
                short_qty=2,
                raised_at=make.NOW,
            )
        )
    return by_pk(*rows)


@kind("lot-extension")
def _extension(world: World) -> Objects:
    def asked(principal: object) -> dict[str, object]:
        place = _places(world)[0]
        sku = make.make_sku(lot_tracked=True)
        make.put_stock(sku, 2, at_bin=place, lot="L1", expires_on=make.NOW.date())
        paper = files.store(make.a_key("%PDF-").encode(), "paper.pdf", "lot-document")
        draft = lot_extensions.ExtensionDraft(
            sku.lots.get().pk, dt.date(2027, 1, 1), "LAB_TESTED", paper
        )
        return {"pk": lot_extensions.request(draft, actor=SYSTEM, at=make.NOW).pk}

    return Objects(asked, None, {"pk": ABSENT})
