"""Decisions about planning: kept with reason, author, last day and audit; never by themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from model_bakery import baker

from core.actors import Actor
from core.errors import StateConflict
from core.models import AuditEntry
from orders.models import Order, OrderLine
from planning.models import (
    BandOverride,
    CategoryPolicy,
    DemandHistory,
    KindProposal,
    SkuPolicy,
)
from planning.queries.policies import policies_for, policy_of_category
from planning.services import kind_proposals, policies
from planning.services.policies import BandEntry, CategoryEntry, SkuEntry
from planning.services.policy_errors import (
    ColorTooLong,
    ColorUnknown,
    KindUnknown,
    LastDayOver,
    LimitsCrossed,
    NothingDecided,
    NumberOutOfRange,
    PolicyStale,
    ReasonMissing,
    StockLimitsIncomplete,
)
from tests.factories import customers as people
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 2, 4, 0, tzinfo=dt.UTC)
TODAY = NOW.date()
ANN = Actor("user", 7, "Ann")


def trail():
    rows = AuditEntry.objects.filter(action__startswith="planning.").order_by("pk")
    return list(rows.values_list("action", "actor_label", "reason"))


def test_b51_a_category_policy_is_kept_with_its_version_and_refuses_a_stale_one():
    first = policies.set_category(
        CategoryEntry("Tea", "consumable", "bought monthly", {"service_level": 0.98}),
        actor=ANN,
        now=NOW,
    )
    stale = CategoryEntry("Tea", "durable", "too late", version=0)
    with pytest.raises(PolicyStale):
        policies.set_category(stale, actor=ANN, now=NOW)
    second = policies.set_category(
        CategoryEntry("Tea", "seasonal", "summer", {"batches": 4}, version=1), actor=ANN, now=NOW
    )

    assert (first.version, second.version, second.service_level) == (1, 2, None)
    found = policy_of_category("Tea")
    assert (found.kind, found.service_level, found.batches) == ("seasonal", 0.95, 4)
    assert trail() == [
        ("planning.category_policy_set", "Ann", "bought monthly"),
        ("planning.category_policy_set", "Ann", "summer"),
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"kind": "luxury"}, KindUnknown),
        ({"numbers": {}}, NothingDecided),
        ({"numbers": {"service_level": 0.9991}}, NumberOutOfRange),
        ({"numbers": {"red_days": 31, "yellow_days": 30}}, LimitsCrossed),
        ({"numbers": {"min_qty": 5}}, StockLimitsIncomplete),
        ({"numbers": {"min_qty": 5, "max_qty": 4}}, StockLimitsIncomplete),
        ({"expires_on": TODAY - dt.timedelta(days=1)}, LastDayOver),
    ],
)
def test_a_policy_that_planning_cannot_act_on_is_refused_by_name(change, error):
    tea = shop.sku("TEA")
    values = {"reason": "tested", "numbers": {"red_days": 20}} | change

    with pytest.raises(error):
        policies.set_sku(SkuEntry(tea.pk, None, **values), actor=ANN, now=NOW)

    assert not SkuPolicy.objects.exists()


def test_b64_overrides_carry_reason_last_day_and_author_and_can_be_withdrawn():
    tea, la = shop.sku("TEA"), shop.warehouse()
    last = TODAY + dt.timedelta(days=30)
    pair = (tea.pk, la.pk)

    policies.set_sku(
        SkuEntry(tea.pk, None, "sold out twice", numbers={"service_level": 0.99}),
        actor=ANN,
        now=NOW,
    )
    own = policies.set_sku(
        SkuEntry(tea.pk, la.pk, "last lot", numbers={"is_stopped": True}, expires_on=last),
        actor=ANN,
        now=NOW,
    )
    policies.set_band(BandEntry(tea.pk, la.pk, "red", "fair", last), actor=ANN, now=NOW)
    again = policies.set_band(
        BandEntry(tea.pk, la.pk, "yellow", "fair is off", last), actor=ANN, now=NOW
    )

    found = policies_for([pair], TODAY)[pair]
    assert (found.service_level, found.is_stopped, found.forced_band) == (0.99, True, "yellow")
    after = policies_for([pair], last + dt.timedelta(days=1))[pair]
    assert (after.service_level, after.is_stopped, after.forced_band) == (0.99, False, None)
    policies.withdraw_sku(own.pk, actor=ANN, now=NOW)
    policies.withdraw_band(again.pk, actor=ANN, now=NOW)
    with pytest.raises(StateConflict):
        policies.withdraw_band(again.pk, actor=ANN, now=NOW)
    found = policies_for([pair], TODAY)[pair]
    assert (found.service_level, found.is_stopped, found.forced_band) == (0.99, False, None)
    assert trail() == [
        ("planning.sku_policy_set", "Ann", "sold out twice"),
        ("planning.sku_policy_set", "Ann", "last lot"),
        ("planning.band_set", "Ann", "fair"),
        ("planning.band_set", "Ann", "fair is off"),
        ("planning.sku_policy_withdrawn", "Ann", ""),
        ("planning.band_withdrawn", "Ann", ""),
    ]
    assert BandOverride.objects.count() == 2


def test_b64_a_color_needs_a_name_a_reason_and_ends_within_ninety_days():
    tea, la = shop.sku("TEA"), shop.warehouse()
    entries = (
        (("blue", "why", TODAY), ColorUnknown),
        (("red", "", TODAY), ReasonMissing),
        (("red", "why", TODAY - dt.timedelta(days=1)), LastDayOver),
        (("red", "why", TODAY + dt.timedelta(days=91)), ColorTooLong),
    )
    for (band, reason, last), error in entries:
        with pytest.raises(error):
            policies.set_band(BandEntry(tea.pk, la.pk, band, reason, last), actor=ANN, now=NOW)
    policies.set_band(
        BandEntry(tea.pk, la.pk, "red", "why", TODAY + dt.timedelta(days=90)), actor=ANN, now=NOW
    )
    assert BandOverride.objects.count() == 1


def test_the_database_refuses_a_second_open_decision_and_crossed_limits():
    tea, la = shop.sku("TEA"), shop.warehouse()
    known = {"reason": "r", "author_key": "user:1", "created_at": NOW}
    rows = [
        lambda: SkuPolicy.objects.create(sku=tea, warehouse=None, **known),
        lambda: SkuPolicy.objects.create(sku=tea, warehouse=la, red_days=9, yellow_days=8, **known),
        lambda: SkuPolicy.objects.create(sku=tea, warehouse=la, min_qty=3, **known),
        lambda: CategoryPolicy.objects.create(
            category="Tea", kind="odd", reason="r", author_key="user:1", changed_at=NOW
        ),
    ]
    SkuPolicy.objects.create(sku=tea, warehouse=None, **known)
    for write in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert SkuPolicy.objects.count() == 1


def durable_sales():
    """Sell one toy each to 30 people fourteen months ago; nobody came back."""
    channel, place = shop.channel(), shop.warehouse()
    toy = shop.sku("TOY", product=baker.make("inventory.Product", code="P", category="Toys"))
    day = TODAY - dt.timedelta(days=430)
    for number in range(30):
        placed = dt.datetime.combine(day, dt.time(9), dt.UTC)
        order = Order.objects.create(
            number=f"H-{number}",
            external_id=f"H-{number}",
            channel=channel,
            customer=people.make_customer(name=f"C{number}"),
            is_history=True,
            currency="USD",
            ship_country="US",
            placed_at=placed,
            created_at=placed,
            updated_at=placed,
            confirmed_at=placed,
            status="completed",
            stage="delivered",
        )
        OrderLine.objects.create(
            order=order, position=1, sku=toy, sku_code="TOY", qty=1, unit_price="10"
        )
    DemandHistory.objects.bulk_create(
        DemandHistory(
            sku=toy, warehouse=place, channel=channel, on=day + dt.timedelta(days=30 * n), qty=2
        )
        for n in range(14)
    )
    return toy, place


def test_b53_a_kind_is_proposed_from_sales_and_only_a_person_applies_it():
    toy, place = durable_sales()
    pair = (toy.pk, place.pk)

    first, second = (kind_proposals.refresh(now=NOW) for _ in range(2))

    assert (first.opened, first.lapsed, second.opened, second.lapsed) == (1, 0, 0, 0)
    row = KindProposal.objects.get()
    assert (row.category, row.kind, row.state) == ("Toys", "durable", "open")
    assert row.reasons == [{"fact": "repeat_share", "value": 0.0, "bound": 0.1}]
    assert (row.facts["buyers"], row.facts["months"]) == (30, 15)
    assert policies_for([pair], TODAY)[pair].kind == "consumable", "never silently applied"
    kind_proposals.accept(row.pk, actor=ANN, now=NOW)
    found = policies_for([pair], TODAY)[pair]
    assert (found.kind, found.source, found.is_auto) == ("durable", "category", False)
    assert CategoryPolicy.objects.get().reason == "proposed from data: repeat_share 0 (0.1)"
    with pytest.raises(StateConflict):
        kind_proposals.accept(row.pk, actor=ANN, now=NOW)
    assert kind_proposals.refresh(now=NOW).opened == 0, "what is in force is not proposed"


def test_a_refused_kind_rests_for_ninety_days_and_a_proposal_lapses_with_its_facts():
    durable_sales()
    kind_proposals.refresh(now=NOW)
    row = KindProposal.objects.get()
    with pytest.raises(ReasonMissing):
        kind_proposals.refuse(row.pk, reason=" ", actor=ANN, now=NOW)
    kind_proposals.refuse(row.pk, reason="a sequel comes", actor=ANN, now=NOW)

    days = [kind_proposals.refresh(now=NOW + dt.timedelta(days=n)).opened for n in (89, 91)]

    assert days == [0, 1]
    entry = CategoryEntry("Toys", "durable", "decided by hand")
    policies.set_category(entry, actor=ANN, now=NOW)
    assert kind_proposals.refresh(now=NOW + dt.timedelta(days=92)).lapsed == 1
    states = list(KindProposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["refused", "lapsed"]
    assert trail()[0] == ("planning.kind_refused", "Ann", "a sequel comes")
