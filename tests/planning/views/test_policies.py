"""Pages of policies and seasons: read, decide, refuse kindly, few queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from model_bakery import baker

from core import clock
from planning.models import BandOverride, CategoryPolicy, KindProposal, SeasonPlan, SkuPolicy
from suppliers.models import PurchaseOrder, SupplierLeadTime
from tests.factories import policies as make
from tests.factories import proposals as plans
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline
from tests.planning.views.test_proposals import words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Let no test see midnight pass."""
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def trade():
    found = buy.trade(name="Ningbo Tin", code="TIN")
    for mode, days in (("sea", 40), ("air", 9)):
        SupplierLeadTime.objects.update_or_create(
            supplier=found.supplier, mode=mode, defaults={"agreed_days": days}
        )
    return found


@pytest.fixture
def planner():
    client = sign_in(Client(), make_user("planner"))
    client.get(reverse("policy-index"))  # the first page of a session reads settings
    return client


def goods(trade, code: str, category: str):
    sku = buy.goods(trade, code)
    sku.product = baker.make("inventory.Product", code=f"P-{code}", category=category)
    sku.save()
    return sku


def test_b51_b54_the_index_shows_kinds_categories_proposals_and_limits_that_cannot_work(
    trade, planner
):
    url = reverse("policy-index")
    goods(trade, "FAN", "Fans & more")
    KindProposal.objects.create(
        category="Fans & more",
        kind="seasonal",
        computed_at=clock.now(),
        facts={"months": 14, "buyers": 31, "season_ratio": 2.5, "repeat_share": 0.2},
        reasons=[{"fact": "season_ratio", "value": 2.5, "bound": 2.0}],
    )
    with query_baseline("policy-index"):
        first = words(planner.get(url))
    for number in range(6):
        sku = goods(trade, f"MORE-{number}", f"Category {number}")
        make.sku_policy(sku, trade.place, red_days=5)
    with query_baseline("policy-index"):
        second = words(planner.get(url))

    assert "Fans &amp; more: seasonal" in first
    assert "best quarter over the mean quarter: 2.5, bound 2" in first
    assert "bought again within 12 months 20 %" in first
    assert "consumable Safety stock; bought again every 30 to 90 days." in first
    assert "durable Made to order; under 10 % buy again within 12 months." in first
    # 30 days of yellow are less than the 40 days by sea.
    assert "Yellow ends below the regular lead time: orders at yellow come late. (1 SKU)" in first
    assert "Category 5" in second
    assert "1 differs" in second


def test_b51_a_category_is_changed_with_a_reason_and_a_stale_form_is_refused(trade, planner):
    goods(trade, "FAN", "Fans")
    url = reverse("policy-category") + "?name=Fans"
    given = {"kind": "seasonal", "service_pct": "97.5", "batches": "4", "reason": "summer"}
    known = {**given, "buying": "", "version": "0"}

    page = planner.get(url)
    crossed = planner.post(url, {**known, "red_days": "40", "yellow_days": "30"})
    nonsense = planner.post(url, {**known, "service_pct": "100", "reason": ""})
    saved = planner.post(url, known)
    stale = planner.post(url, {**known, "kind": "durable"})

    assert page.status_code == 200
    assert "It is planned" not in words(page)
    assert crossed.status_code == 422
    assert "The red limit lies above the yellow one." in words(crossed)
    assert nonsense.status_code == 422
    assert "Service level (%): Enter 99.9 or less." in words(nonsense)
    assert (saved.status_code, saved.headers["Location"]) == (303, reverse("policy-index"))
    row = CategoryPolicy.objects.get()
    assert (row.category, row.kind, row.service_level, row.batches) == (
        "Fans",
        "seasonal",
        0.975,
        4,
    )
    assert stale.status_code == 409
    assert "Someone changed this policy meanwhile." in words(stale)
    assert "summer" in words(planner.get(url))
    assert planner.get(reverse("policy-category") + "?name=Nothing").status_code == 404


def test_b64_a_sku_is_planned_otherwise_and_its_color_set_by_hand(trade, planner):
    fan = goods(trade, "FAN", "Fans")
    card = reverse("policy-card", args=[fan.pk])
    last = (clock.now() + dt.timedelta(days=10)).date().isoformat()
    with query_baseline("policy-card"):
        before = words(planner.get(card))

    empty = planner.post(reverse("sku-policy-new", args=[fan.pk]), {"reason": "why"})
    saved = planner.post(
        reverse("sku-policy-new", args=[fan.pk]),
        {"warehouse": "", "yellow_days": "55", "buying": "stopped", "reason": "last lot"},
    )
    colored = planner.post(
        reverse("band-new", args=[fan.pk]),
        {"warehouse": trade.place.pk, "band": "red", "reason": "fair", "expires_on": last},
    )
    after = planner.get(card)

    assert "Yellow ends below the regular lead time" in before
    assert empty.status_code == 422
    assert "The policy changes nothing." in words(empty)
    assert (saved.status_code, colored.status_code) == (303, 303)
    text = words(after)
    assert "Stop buying" in text
    assert "Yellow ends below" not in text, "55 days leave room for 40 days by sea"
    assert "Red by hand until" in text
    own, band = SkuPolicy.objects.get(), BandOverride.objects.get()
    planner.post(reverse("sku-policy-withdraw", args=[own.pk]))
    planner.post(reverse("band-withdraw", args=[band.pk]))
    text = words(planner.get(card))
    assert "taken back" in text
    assert "Red by hand" not in text
    listed = planner.get(reverse("sku-policies-index") + "?tab=all")
    assert "last lot" in words(listed)


def test_b53_a_proposed_kind_is_accepted_or_refused_with_a_reason(planner):
    rows = [
        KindProposal.objects.create(category=name, kind="durable", computed_at=clock.now())
        for name in ("Toys", "Lamps")
    ]
    asked = planner.get(reverse("kind-accept", args=[rows[0].pk]))
    planner.post(reverse("kind-accept", args=[rows[0].pk]))
    silent = planner.post(reverse("kind-refuse", args=[rows[1].pk]), {"reason": ""})
    planner.post(reverse("kind-refuse", args=[rows[1].pk]), {"reason": "a sequel comes"})
    again = planner.post(reverse("kind-accept", args=[rows[1].pk]))

    assert "Toys becomes durable" in words(asked)
    assert silent.status_code == 422
    assert again.status_code == 409
    states = KindProposal.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["accepted", "refused"]
    assert CategoryPolicy.objects.get().category == "Toys"


def test_b44_a_buyer_orders_the_batches_a_planner_dismisses(trade, planner):
    url, today = reverse("season-index"), clock.now().date()
    empty = words(planner.get(url))
    first = make.season_plan(trade.place, "FAN", today + dt.timedelta(days=60))
    with query_baseline("season-index"):
        planner.get(url)
    rows = [
        make.season_plan(trade.place, f"FAN-{n}", today + dt.timedelta(days=61 + n))
        for n in range(4)
    ]
    with query_baseline("season-index"):
        shown = words(planner.get(url))
    buyer = sign_in(Client(), trade.buyer)

    forbidden = planner.post(reverse("season-accept", args=[first.pk]))
    asked = buyer.get(reverse("season-accept", args=[first.pk]))
    ordered = buyer.post(reverse("season-accept", args=[first.pk]))
    planner.post(reverse("season-dismiss", args=[rows[0].pk]), {"reason": "not this year"})

    assert "No season to prepare" in empty
    assert "Nothing lasts that long." in empty
    assert "2.8 times a usual time (+180 %)" in shown
    assert "in 60 days" in shown
    assert forbidden.status_code == 403
    assert "FAN for" in words(asked)
    assert ordered.status_code == 303
    assert PurchaseOrder.objects.count() == 3
    states = dict(SeasonPlan.objects.values_list("sku__code", "state"))
    assert (states["FAN"], states["FAN-0"]) == ("accepted", "dismissed")
    text = words(buyer.get(url))
    assert PurchaseOrder.objects.order_by("pk").first().number in text
    assert "not this year" in text


def test_b47_leftovers_are_listed_with_advice(trade, planner):
    fan = goods(trade, "FAN", "Fans")
    plans.cover(fan, trade.place, plans.review(), cover_days=300.0, sellable_qty=600, daily_qty=2.0)

    text = words(planner.get(reverse("season-index")))

    assert "no companion known: offer two at a lower price" in text
    assert "Ningbo Tin: our stock of FAN lasts 300 days." in text


def test_b45_buyers_are_asked_by_days_and_product_and_come_as_numbers(planner):
    url = reverse("season-buyers")

    blank = planner.get(url)
    wrong = planner.get(url, {"from_on": "2025-08-31", "until_on": "2025-06-01", "sku": "NO"})
    nobody = planner.get(url, {"from_on": "2025-06-01", "until_on": "2025-08-31"})
    sheet = planner.get(url, {"from_on": "2025-06-01", "until_on": "2025-08-31", "file": "csv"})

    assert blank.status_code == 200
    assert wrong.status_code == 422
    assert "No SKU has this code." in words(wrong)
    assert "The last day lies before the first. Swap them." in words(wrong)
    assert "Nobody known bought it then." in words(nobody)
    assert sheet.content.decode("utf-8-sig").splitlines() == [
        "customer,segment,country,units,orders,last_order"
    ]
