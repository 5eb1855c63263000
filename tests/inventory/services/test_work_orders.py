"""X14: assembled kits are promised their components, built kit by kit, and taken apart again."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import DomainError
from core.models import AuditEntry
from inventory.domain.catalog import BomLineDraft
from inventory.domain.kits import KitCycle, KitTooDeep, buildable_nested
from inventory.models import (
    BinStock,
    CostLayer,
    KitPart,
    Lot,
    Reservation,
    StockLevel,
    WorkOrder,
    WorkOrderLine,
)
from inventory.queries.genealogy import kit_lots_with
from inventory.queries.kits import Buildable, buildable_now, kit_atp, read_boms
from inventory.services import kit_building, kits, stock, work_orders
from inventory.services.kit_building import Apart
from inventory.services.kit_parts import PartTaken
from inventory.services.work_orders import WorkOrderDraft
from tests.factories import moves
from tests.factories.inventory import (
    NOW,
    a_key,
    make_bin,
    make_kit,
    make_sku,
    make_warehouse,
    put_stock,
)
from tests.factories.moves import PLANNER, WORKER
from tests.helpers.books import assert_books_balance

pytestmark = pytest.mark.django_db
MARCH, MAY = dt.date(2026, 3, 1), dt.date(2026, 5, 1)


@pytest.fixture
def site():
    """A warehouse with 3 TEA of March at 2.00, 9 of May at 2.60 and 6 CUP at 1.00."""
    place = make_warehouse("LA")
    shelf = make_bin(place, "A-01")
    tea = make_sku("TEA", lot_tracked=True)
    put_stock(tea, 3, at_bin=shelf, lot="L3", expires_on=MARCH, unit_cost=Decimal("2.00"))
    put_stock(tea, 9, at_bin=shelf, lot="L5", expires_on=MAY, unit_cost=Decimal("2.60"))
    put_stock(make_sku("CUP"), 6, at_bin=shelf, unit_cost=Decimal("1.00"))
    moves.assembled_kit("SET", {tea: 2, sku("CUP"): 1}, lot_tracked=True)
    return place


def sku(code):
    return BinStock._meta.get_field("sku").related_model.objects.get(code=code)


def level(place, code) -> tuple[int, int]:
    row = StockLevel.objects.filter(warehouse=place, sku__code=code).first()
    return (row.on_hand, row.reserved) if row else (0, 0)


def take(order, *parts) -> list[PartTaken]:
    lines = {line.component.code: line for line in work_orders.lines_of(order)}
    lots = {row.code: row.pk for row in Lot.objects.all()}
    return [PartTaken(lines[code].pk, lots.get(lot), qty) for code, lot, qty in parts]


def build(order, kits_, *parts, key=""):
    return kit_building.build(
        order.pk, kits_, take(order, *parts), event_key=key or a_key("kit"), actor=WORKER, at=NOW
    )


def layers(code) -> list[tuple[int, Decimal]]:
    return list(
        CostLayer.objects.filter(sku__code=code).open().values_list("remaining_qty", "unit_cost")
    )


def test_x14_components_are_promised_at_submit_and_consumed_kit_by_kit(site):
    draft = WorkOrderDraft(sku("SET").pk, site.pk, 4)
    order = work_orders.create(draft, actor=PLANNER, at=NOW)
    promised = (level(site, "TEA"), level(site, "CUP"))
    work_orders.release(order.pk, actor=PLANNER, at=NOW)

    first = build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1), key="one")
    again = build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1), key="one")
    second = build(order, 1, ("TEA", "L3", 1), ("TEA", "L5", 1), ("CUP", "", 1))
    third = build(order, 2, ("TEA", "L5", 2), ("CUP", "", 1))

    assert promised == ((12, 8), (6, 4))
    assert (first.made_qty, again.made_qty) == (1, 0)
    number = order.number
    assert [row.lot_code for row in (first, second, third)] == [
        f"{number}-1",
        f"{number}-2",
        f"{number}-3",
    ]
    lots = Lot.objects.filter(sku__code="SET").order_by("pk")
    assert list(lots.values_list("expires_on", flat=True)) == [MARCH, MARCH, MAY]
    assert layers("SET") == [
        (1, Decimal("5.00")),
        (1, Decimal("5.60")),
        (2, Decimal("6.20")),
    ]
    assert (level(site, "TEA"), level(site, "CUP"), level(site, "SET")) == ((4, 0), (2, 0), (4, 0))
    order.refresh_from_db()
    assert (order.state, order.made_qty, third.is_done) == ("done", 4, True)
    assert not Reservation.objects.pending().exists()
    assert_books_balance()


def test_x14_a_recalled_component_lot_finds_the_kits_it_is_in(site):
    order = moves.work_order(sku("SET"), site, 3)
    build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    build(order, 1, ("TEA", "L5", 2), ("CUP", "", 1))

    found = kit_lots_with([Lot.objects.get(code="L3").pk])

    assert [lot.code for lot in found] == [f"{order.number}-1"]
    assert KitPart.objects.filter(kit_lot=found[0]).count() == 2


def test_x14_a_kit_in_a_kit_is_found_by_the_inner_component_lot(site):
    box = moves.assembled_kit("BOX", {sku("SET"): 1}, lot_tracked=True)
    inner = moves.work_order(sku("SET"), site, 1)
    build(inner, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    outer = moves.work_order(box, site, 1)
    build(outer, 1, ("SET", f"{inner.number}-1", 1))

    found = kit_lots_with([Lot.objects.get(code="L3").pk])

    assert [lot.code for lot in found] == [f"{inner.number}-1", f"{outer.number}-1"]
    assert Lot.objects.get(code=f"{outer.number}-1").expires_on == MARCH
    assert_books_balance()


def test_x14_short_of_a_component_names_it_and_promises_nothing(site):
    with pytest.raises(work_orders.KitComponentOos) as refused:
        moves.work_order(sku("SET"), site, 7)

    assert refused.value.code == "KIT_COMPONENT_OOS"
    assert refused.value.data == {"component": "TEA", "units": 2}
    assert not WorkOrder.objects.exists()
    assert level(site, "CUP") == (6, 0)


def test_x14_less_made_than_planned_gives_the_rest_back(site):
    order = moves.work_order(sku("SET"), site, 4)
    build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    with pytest.raises(work_orders.KitsExist):
        work_orders.cancel(order.pk, reason="x", actor=PLANNER, at=NOW)

    work_orders.close(order.pk, reason="NO_TIME", actor=WORKER, at=NOW)

    order.refresh_from_db()
    assert (order.state, order.made_qty, order.reason) == ("done", 1, "NO_TIME")
    assert (level(site, "TEA"), level(site, "CUP")) == ((10, 0), (5, 0))
    assert not BinStock.objects.filter(reserved__gt=0).exists()
    with pytest.raises(work_orders.WorkOrderStateConflict):
        build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    assert_books_balance()


def test_x14_an_edited_kit_leaves_open_orders_their_version(site):
    order = moves.work_order(sku("SET"), site, 2)
    new = kits.save_bom("SET", [BomLineDraft("CUP", 3)], actor=PLANNER, at=NOW)

    build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    later = moves.work_order(sku("SET"), site, 1)
    build(later, 1, ("CUP", "", 3))

    order.refresh_from_db()
    assert (order.bom.version, later.bom, new.version) == (1, new, 2)
    assert (level(site, "CUP"), level(site, "SET")) == ((2, 1), (2, 0))
    assert_books_balance()


def test_x14_nested_kits_build_to_depth_three_and_cycles_are_refused(site):
    box = moves.assembled_kit("BOX", {sku("SET"): 2}, lot_tracked=True)
    crate = moves.assembled_kit("CRATE", {box: 1}, lot_tracked=True)

    assert buildable_now([crate.pk, sku("SET").pk], [site.pk]) == {
        (site.pk, crate.pk): Buildable(0, 3, "BOX"),
        (site.pk, sku("SET").pk): Buildable(6, 6, "TEA"),
    }
    make_sku("PALLET", kind="assembled_kit")
    with pytest.raises(KitTooDeep):
        kits.save_bom("PALLET", [BomLineDraft("CRATE", 1)], actor=PLANNER, at=NOW)
    with pytest.raises(KitCycle):
        kits.save_bom("SET", [BomLineDraft("CRATE", 1)], actor=PLANNER, at=NOW)


def test_inner_kits_that_lie_ready_go_first():
    boms = read_boms([])
    assert boms == {}
    cup, inner, outer = 1, 2, 3
    part = kits.Part
    boms = {outer: [part(inner, 2, Decimal(1))], inner: [part(cup, 3, Decimal(1))]}

    assert buildable_nested(outer, boms, {inner: 5, cup: 9}) == 4
    assert buildable_nested(outer, boms, {inner: 5, cup: 8}) == 3
    assert buildable_nested(outer, boms, {}) == 0


def test_an_assembled_kit_inside_a_virtual_one_is_taken_from_stock(site):
    order = moves.work_order(sku("SET"), site, 1)
    build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    gift = make_kit("GIFT", {sku("SET"): 1, sku("CUP"): 1})

    assert kit_atp([gift.pk], [site.pk]) == {(site.pk, gift.pk): 1}


def test_a_kit_without_lots_can_not_swallow_lots(site):
    plain = moves.assembled_kit("PLAIN", {sku("TEA"): 1})

    with pytest.raises(work_orders.KitNeedsLots):
        moves.work_order(plain, site, 1)
    with pytest.raises(work_orders.NotAssembled):
        moves.work_order(sku("CUP"), site, 1)


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ([("TEA", "L3", 2)], "WRONG_PARTS"),
        ([("TEA", "L3", 3), ("CUP", "", 1)], "WRONG_PARTS"),
        ([("TEA", "L3", 2), ("CUP", "", 1)], "KIT_COMPONENT_OOS"),
    ],
)
def test_wrong_parts_or_a_lot_that_runs_out_make_no_kit(site, parts, refusal):
    order = moves.work_order(sku("SET"), site, 4)

    with pytest.raises(DomainError) as refused:
        build(order, 2, *parts)

    assert refused.value.code == refusal
    assert level(site, "SET") == (0, 0)
    assert not Lot.objects.filter(sku__code="SET").exists()
    with pytest.raises(kit_building.TooManyKits):
        build(order, 5, *parts)


def test_a_broken_component_is_scrapped_and_replaced_while_there_are_more(site):
    order = moves.work_order(sku("SET"), site, 5)
    cup = WorkOrderLine.objects.get(component__code="CUP")

    def scrap(key):
        return kit_building.scrap_component(
            order.pk,
            PartTaken(cup.pk, None, 1),
            reason="BROKEN",
            event_key=key,
            actor=WORKER,
            at=NOW,
        )

    answers = [scrap("s1"), scrap("s1"), scrap("s2")]

    assert answers == [True, True, False]
    cup.refresh_from_db()
    assert (cup.scrapped_qty, level(site, "CUP")) == (2, (4, 4))
    build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    work_orders.close(order.pk, reason="SHORT", actor=WORKER, at=NOW)
    assert level(site, "CUP") == (3, 0)
    assert_books_balance()


def test_taking_kits_apart_brings_the_lots_back_at_the_cost_of_the_kits(site):
    made = moves.work_order(sku("SET"), site, 3)
    build(made, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    build(made, 1, ("TEA", "L3", 1), ("TEA", "L5", 1), ("CUP", "", 1))
    work_orders.close(made.pk, reason="SHORT", actor=WORKER, at=NOW)
    order = moves.work_order(sku("SET"), site, 2, is_unkit=True)
    lot = Lot.objects.get(code=f"{made.number}-2")
    cup = WorkOrderLine.objects.get(work_order=order, component__code="CUP")
    before = (level(site, "SET"), level(site, "TEA"))

    for _ in range(2):
        kit_building.take_apart(
            order.pk, Apart(1, lot.pk, {cup.pk: 1}), event_key="u", actor=WORKER, at=NOW
        )

    assert before == ((2, 2), (8, 0))
    assert (level(site, "SET"), level(site, "TEA")) == ((1, 1), (10, 0))
    tea = BinStock.objects.filter(sku__code="TEA", qty__gt=0).order_by("lot__code")
    assert list(tea.values_list("lot__code", "qty")) == [("L3", 1), ("L5", 9)]
    assert BinStock.objects.get(sku__code="CUP", condition="damaged").qty == 1
    worth = sum(qty * cost for qty, cost in (*layers("TEA"), *layers("CUP"), *layers("SET")))
    assert worth == Decimal("35.40")
    assert WorkOrder.objects.get(pk=order.pk).state == "in_progress"
    assert_books_balance()


def test_a_kit_lot_of_unknown_parts_gives_its_own_lot_to_what_comes_out(site):
    put_stock(sku("SET"), 1, at_bin=site.bins.get(code="A-01"), lot="OLD", expires_on=MAY)
    order = moves.work_order(sku("SET"), site, 1, is_unkit=True)

    result = kit_building.take_apart(
        order.pk,
        Apart(1, Lot.objects.get(code="OLD", sku__code="SET").pk),
        event_key="u",
        actor=WORKER,
        at=NOW,
    )

    assert (result.is_done, result.lot_code) == (True, "OLD")
    lot = Lot.objects.get(sku__code="TEA", code="OLD")
    assert (lot.expires_on, BinStock.objects.get(lot=lot).qty) == (MAY, 2)
    assert_books_balance()


def test_a_held_component_lot_makes_no_kit(site):
    order = moves.work_order(sku("SET"), site, 1)
    lot = Lot.objects.get(code="L3")
    stock.hold_lot(lot.pk, event_key="h", reason="CHECK", actor=PLANNER, at=NOW)

    with pytest.raises(DomainError) as refused:
        build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))

    assert refused.value.code == "LOT_FROZEN"
    assert level(site, "SET") == (0, 0)


def test_a_cancelled_order_gives_everything_back(site):
    order = moves.work_order(sku("SET"), site, 2)

    work_orders.cancel(order.pk, reason="NOT_NEEDED", actor=PLANNER, at=NOW)

    assert (level(site, "TEA"), level(site, "CUP")) == ((12, 0), (6, 0))
    assert not BinStock.objects.filter(reserved__gt=0).exists()
    assert_books_balance()


def with_card(site, units):
    """Return SET of 2 TEA, 1 CUP and an optional CARD of which `units` are there."""
    shelf = make_bin(site, "A-02")
    if units:
        put_stock(make_sku("CARD"), units, at_bin=shelf, unit_cost=Decimal("0.50"))
    else:
        make_sku("CARD")
    parts = [
        BomLineDraft("TEA", 2, Decimal("0.5")),
        BomLineDraft("CUP", 1, Decimal("0.3")),
        BomLineDraft("CARD", 1, Decimal("0.2"), is_optional=True),
    ]
    kits.save_bom("SET", parts, actor=PLANNER, at=NOW)
    return sku("SET")


def test_x14_an_optional_component_that_is_short_is_left_out_and_recorded(site):
    kit = with_card(site, 1)
    built_now = buildable_now([kit.pk], [site.pk])[site.pk, kit.pk]
    order = moves.work_order(kit, site, 3)
    planned = work_orders.kits_without(order, work_orders.lines_of(order))

    with pytest.raises(kit_building.WrongParts):
        build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    first = build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1), ("CARD", "", 1))
    second = build(order, 1, ("TEA", "L3", 1), ("TEA", "L5", 1), ("CUP", "", 1))
    build(order, 1, ("TEA", "L5", 2), ("CUP", "", 1))

    assert (built_now.ready_qty, built_now.short_of) == (6, "TEA")
    assert planned == {"CARD": 2}
    lines = WorkOrderLine.objects.order_by("pk")
    assert list(
        lines.values_list("component__code", "is_optional", "consumed_qty", "left_out_qty")
    ) == [("TEA", False, 6, 0), ("CUP", False, 3, 0), ("CARD", True, 1, 2)]
    inside = KitPart.objects.filter(kit_lot__code=first.lot_code)
    assert sorted(inside.values_list("component__code", flat=True)) == ["CARD", "CUP", "TEA"]
    inside = KitPart.objects.filter(kit_lot__code=second.lot_code)
    assert sorted(inside.values_list("component__code", flat=True)) == ["CUP", "TEA", "TEA"]
    notes = AuditEntry.objects.filter(target_kind="work_order").order_by("pk")
    assert [row.after.get("without") for row in notes] == [
        {"CARD": 2},
        None,
        None,
        {"CARD": 1},
        {"CARD": 1},
        None,
    ]
    assert level(site, "CARD") == (0, 0)
    assert_books_balance()


def test_x14_a_kit_built_without_an_optional_component_comes_apart_without_it(site):
    kit = with_card(site, 0)
    order = moves.work_order(kit, site, 1)
    built = build(order, 1, ("TEA", "L3", 2), ("CUP", "", 1))
    back = moves.work_order(kit, site, 1, is_unkit=True)
    lot = Lot.objects.get(code=built.lot_code)

    kit_building.take_apart(back.pk, Apart(1, lot.pk), event_key=a_key(), actor=WORKER, at=NOW)

    recovered = WorkOrderLine.objects.filter(work_order=back).order_by("pk")
    assert list(recovered.values_list("component__code", "recovered_qty")) == [
        ("TEA", 2),
        ("CUP", 1),
        ("CARD", 0),
    ]
    assert (level(site, "TEA"), level(site, "CUP")) == ((12, 0), (6, 0))
    # 5.00 of cost, shared 0.5 to 0.3 over what came out.
    assert layers("CUP")[-1] == (1, Decimal("1.875"))
    assert_books_balance()


@pytest.mark.parametrize(
    ("kit", "lines", "refusal"),
    [
        ({"kind": "virtual_kit"}, [("CUP", False), ("TEA", True)], "OPTIONAL_NEEDS_ASSEMBLY"),
        ({"kind": "assembled_kit"}, [("CUP", False), ("TEA", True)], "OPTIONAL_NEEDS_LOTS"),
        ({"kind": "assembled_kit", "lot_tracked": True}, [("CUP", True)], "BAD_PARTS"),
    ],
)
def test_x14_what_can_not_be_optional_is_refused(site, kit, lines, refusal):
    make_sku("OTHER", **kit)

    drafts = [BomLineDraft(code, 1, is_optional=spare) for code, spare in lines]
    with pytest.raises(DomainError) as refused:
        kits.save_bom("OTHER", drafts, actor=PLANNER, at=NOW)

    assert refused.value.code == refusal
