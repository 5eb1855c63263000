"""B-41: a level-1 response is shown first, confirmed once, and taken back step by step."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as outbox

from core import clock, jobs
from core.actors import Actor
from core.models import AuditEntry, OutboundMail
from orders.models import Order, SupplyNotice
from orders.services import arrival_days
from planning.models import ConservativeSwitch, RiskResponse, RiskStep
from planning.queries.risk_state import state
from planning.services import risk_responses
from planning.services.risk_errors import RiskChanged, RiskKnown, RiskOver, RiskRefused
from planning.services.risk_plans import SupplyEntry, plan
from suppliers.models import PurchaseLine, SupplierSku, SupplyDelay
from tests.factories import orders as make
from tests.factories import purchases as buy
from tests.factories.orders import NOW
from tests.factories.supplier_terms import make_goods, make_supplier

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date()
ANNA = Actor("user", 7, "Anna")


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


@pytest.fixture
def trade():
    """HILL sells TEA and CUP; 5 TEA come in 10 days; LAKE is the backup for TEA, third in rank."""
    make.channel(name="Tea House")
    hill = buy.trade(place=make.warehouse("LA"), code="HILL", currency="USD")
    order = buy.sent(hill, {buy.goods(hill, "TEA", "2.5"): 5})
    PurchaseLine.objects.filter(order=order).update(confirmed_qty=5, confirmed_on=day(10))
    tea = SupplierSku.objects.get(supplier=hill.supplier)
    idle = make_supplier("IDLE", is_active=False)
    make_goods(idle, tea.sku)
    make_goods(make_supplier("LAKE", country="VN"), tea.sku)
    buy.goods(hill, "CUP", "1")
    return hill


@pytest.fixture
def waiting(trade):
    """Two orders wait for 2 TEA each and know their day; a third waits for nothing on its way."""
    orders = [make.place_one(make.line("TEA", 2)) for _ in range(2)]
    orders.append(make.place_one(make.line("TEA", 3)))
    arrival_days.date_waiting(at=NOW)
    return orders


def entry(trade, **more):
    fields = {
        "subject_kind": "supplier",
        "supplier_id": trade.supplier.pk,
        "reason": "Fire in the kiln",
        "delay_days": 21,
        **more,
    }
    return SupplyEntry(**fields)


def declare(trade, *, now=NOW, **more):
    asked = entry(trade, **more)
    return risk_responses.declare(asked, digest=plan(asked).digest, actor=ANNA, now=now)


def ranks(code="TEA"):
    rows = SupplierSku.objects.filter(sku__code=code).order_by("rank")
    return list(rows.values_list("supplier__code", flat=True))


def promises(orders):
    return [Order.objects.get(pk=order.pk).promised_by for order in orders]


def step_states(response):
    rows = RiskStep.objects.filter(response=response).order_by("position")
    return [(row.kind, row.subject_key.split(":")[0], row.state) for row in rows]


def test_b_41_the_preview_lists_every_step_and_changes_nothing(trade, waiting) -> None:
    found = plan(entry(trade))
    dates = [(one.before, one.after) for one in found.of_kind("SHOW_EXPECTED_DATE")]
    switches = [(s.subject_key, s.before, s.after) for s in found.of_kind("USE_BACKUP_SUPPLIER")]
    assert switches == [("sku:TEA", "HILL", "LAKE")]
    assert dates == [(day(15).isoformat(), day(36).isoformat())] * 2
    assert [one.after for one in found.of_kind("RAISE_INDEX")] == ["high"]
    assert "about 21 days later" in found.of_kind("SEND_SUPPORT_TEXT")[0].after
    assert (found.without_backup, found.undated_count) == (("CUP",), 1)
    assert promises(waiting) == [day(15), day(15), None]
    assert (ranks(), RiskResponse.objects.count()) == (["HILL", "IDLE", "LAKE"], 0)


def test_b_41_one_confirmation_does_all_and_the_reversal_takes_all_back(trade, waiting) -> None:
    response = declare(trade, support_en="The kiln burnt.")

    assert ranks() == ["LAKE", "HILL", "IDLE"]
    assert promises(waiting) == [day(36), day(36), None]
    assert step_states(response) == [
        ("USE_BACKUP_SUPPLIER", "sku", "done"),
        ("SHOW_EXPECTED_DATE", "order", "done"),
        ("SHOW_EXPECTED_DATE", "order", "done"),
        ("SEND_SUPPORT_TEXT", "supplier", "done"),
        ("RAISE_INDEX", "supplier", "done"),
    ]
    assert SupplyNotice.objects.filter(withdrawn_at=None, text_en="The kiln burnt.").count() == 3
    known = state(NOW)
    assert (known.is_conservative, known.causes) == (True, ("Fire in the kiln",))
    assert known.index == 60
    assert known.interrupted_supplier_ids == {trade.supplier.pk}
    way = {"supplier_id": trade.supplier.pk, "country": "CN", "mode": "air", "warehouse_id": 1}
    assert known.delay_days(**way) == 21
    jobs.run_due(clock.now() + dt.timedelta(minutes=1))
    assert OutboundMail.objects.filter(dedupe_key__contains=":late:").count() == 2
    late = [mail.body for mail in outbox.outbox if "arrives by" in mail.subject]
    assert ["The kiln burnt." in body for body in late] == [True, True]

    back = risk_responses.reverse(response.pk, reason="False alarm", actor=ANNA, now=NOW)

    assert (back.state, back.reversed_by) == ("reversed", "user:7")
    assert ranks() == ["HILL", "IDLE", "LAKE"]
    assert promises(waiting) == [day(15), day(15), None]
    assert {row[2] for row in step_states(response)} == {"undone"}
    assert not SupplyNotice.objects.filter(withdrawn_at=None).exists()
    assert not SupplyDelay.objects.filter(ended_at=None).exists()
    assert arrival_days.date_waiting(at=NOW) == 0, "the night's dating agrees"
    calm = state(NOW)
    assert (calm.interrupted_supplier_ids, calm.delays) == (frozenset(), ())
    assert calm.is_conservative, "the mode ends after seven calm days"
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "planning.risk_declared",
        "planning.risk_reversed",
        "planning.conservative_mode_on",
        "suppliers.goods_ranked",
        "orders.supply_notice_withdrawn",
    } <= actions
    assert ConservativeSwitch.objects.get().is_on


def test_b_41_what_somebody_changed_since_stays_and_is_named(trade, waiting) -> None:
    response = declare(trade)
    hill = SupplierSku.objects.get(supplier=trade.supplier, sku__code="TEA")
    lake = SupplierSku.objects.get(supplier__code="LAKE")
    risk_responses.supply_delays.rank_first(hill.pk, 1, expected_rank=hill.rank, actor=ANNA, at=NOW)
    assert SupplierSku.objects.get(pk=lake.pk).rank == 2
    Order.objects.filter(pk=waiting[0].pk).update(promised_by=day(50))

    risk_responses.reverse(response.pk, reason="Repaired", actor=ANNA, now=NOW)

    assert ranks() == ["HILL", "LAKE", "IDLE"]
    assert promises(waiting) == [day(15), day(15), None], "the arrival's day counts again"
    assert [row[2] for row in step_states(response)] == [
        "overtaken",
        "overtaken",
        "undone",
        "undone",
        "undone",
    ]


def test_b_41_twice_and_stale_are_refused_by_name(trade, waiting) -> None:
    old = plan(entry(trade)).digest
    PurchaseLine.objects.update(confirmed_on=day(12))
    with pytest.raises(RiskChanged):
        risk_responses.declare(entry(trade), digest=old, actor=ANNA, now=NOW)
    with pytest.raises(RiskRefused):
        plan(entry(trade, reason=" "))
    with pytest.raises(RiskRefused):
        plan(entry(trade, subject_kind="lane"))
    response = declare(trade)
    with pytest.raises(RiskKnown):
        declare(trade)
    risk_responses.reverse(response.pk, reason="Over", actor=ANNA, now=NOW)
    with pytest.raises(RiskOver):
        risk_responses.reverse(response.pk, reason="Over", actor=ANNA, now=NOW)
    assert declare(trade).pk != response.pk, "once taken back it can be declared again"


def test_b_41_a_country_and_a_lane_hit_their_suppliers_and_their_way_only(trade, waiting) -> None:
    lane = declare(trade, subject_kind="lane", supplier_id=None, mode="air", delay_days=9)
    assert promises(waiting) == [day(15), day(15), None], "these goods come by sea"
    assert ranks() == ["HILL", "IDLE", "LAKE"], "a lane switches nobody"
    country = declare(trade, subject_kind="country", supplier_id=None, country="CN", delay_days=4)
    assert promises(waiting) == [day(19), day(19), None]
    assert ranks() == ["LAKE", "HILL", "IDLE"]
    known = state(NOW)
    way = {"supplier_id": trade.supplier.pk, "warehouse_id": 1}
    found = [
        known.delay_days(country=code, mode=mode, **way)
        for code, mode in (("CN", "sea"), ("CN", "air"), ("VN", "air"), ("VN", "sea"))
    ]
    assert found == [4, 9, 9, 0]
    for one in (country, lane):
        risk_responses.reverse(one.pk, reason="Over", actor=ANNA, now=NOW)
    assert promises(waiting) == [day(15), day(15), None]


def test_b_41_a_response_that_was_cut_off_is_finished_by_the_job(trade, waiting) -> None:
    response = declare(trade)
    left = RiskStep.objects.filter(response=response, kind="SHOW_EXPECTED_DATE")
    left.update(state="planned", done_at=None)
    Order.objects.filter(pk__in=[order.pk for order in waiting[:2]]).update(promised_by=day(15))

    assert risk_responses.finish_all(now=NOW) == 2
    assert promises(waiting) == [day(36), day(36), None]
    assert risk_responses.finish_all(now=NOW) == 0

    RiskResponse.objects.filter(pk=response.pk).update(state="reversed", reversed_at=NOW)
    SupplyDelay.objects.update(ended_at=NOW)
    assert risk_responses.finish_all(now=NOW) == 2
    assert promises(waiting) == [day(15), day(15), None]
