"""The policy simulator: starts with the policy in force, computes in a job, explains itself."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.models import Job
from planning.models import CategoryPolicy, DemandHistory, WhatIfRun
from planning.queries.daily_sales import Goods, daily_sales
from planning.services import what_if
from tests.factories import orders as shop
from tests.factories import policies as make
from tests.factories import purchases as buy
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline
from tests.planning.views.test_proposals import words

pytestmark = pytest.mark.django_db
QUESTION = {
    "service_pct": "97.5",
    "review_days": "7",
    "sea_days": "30",
    "air_days": "8",
    "air_pct": "",
    "cost_pct": "45",
}


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Let no test see midnight pass."""
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def person():
    return make_user("planner")


@pytest.fixture
def planner(person):
    client = sign_in(Client(), person)
    client.get(reverse("whatif"))
    return client


def sell(days: int, skus: int = 2):
    """Sell about 3 a day of each SKU at 20 for the days before today."""
    trade = buy.trade()
    chance, channel = np.random.default_rng(11), shop.channel()
    today = clock.now().date()
    for number in range(skus):
        sku = buy.goods(trade, f"TRY-{number}")
        sku.default_cost = 8
        sku.save()
        DemandHistory.objects.bulk_create(
            DemandHistory(
                sku=sku,
                warehouse=trade.place,
                channel=channel,
                on=today - dt.timedelta(days=ago),
                qty=int(units) + 1,
                netted_qty=1,
                value_amount=20 * (int(units) + 1),
            )
            for ago, units in enumerate(chance.poisson(3, days), start=1)
        )
    return trade


def test_the_form_starts_with_the_policy_in_force_and_nonsense_is_refused(planner):
    sell(30)
    CategoryPolicy.objects.create(
        category="",
        kind="durable",
        service_level=0.9,
        review_days=14,
        reason="r",
        author_key="user:1",
        changed_at=clock.now(),
    )
    with query_baseline("what-if"):
        page = planner.get(reverse("whatif"))
    url = reverse("whatif")

    slow_air = planner.post(url, {**QUESTION, "air_days": "30"})
    too_sure = planner.post(url, {**QUESTION, "service_pct": "100", "sea_days": "x"})

    initial = page.context["form"].initial
    assert (initial["service_pct"], initial["review_days"], initial["cost_pct"]) == (
        "90",
        "14",
        "40",
    )
    assert slow_air.status_code == 422
    assert "Air takes 30 days and sea 30: air must be faster." in words(slow_air)
    assert too_sure.status_code == 422
    assert "Service level (%): Enter 99.9 or less." in words(too_sure)
    assert "Write a whole number" in words(too_sure)
    assert not WhatIfRun.objects.exists()


def test_without_any_sale_there_is_nothing_to_try(planner):
    page = planner.get(reverse("whatif"))
    refused = planner.post(reverse("whatif"), QUESTION)

    assert "there is nothing to try a policy on" in words(page)
    assert refused.status_code == 422
    assert "Nothing with a price was sold there before today." in words(refused)


def test_a_question_is_computed_once_by_a_job_and_compared_with_the_policy_in_force(
    planner, person
):
    sell(150)
    asked = planner.post(reverse("whatif"), QUESTION)
    again = planner.post(reverse("whatif"), QUESTION)
    run = WhatIfRun.objects.get()
    url = reverse("whatif-run", args=[run.pk])
    waiting = planner.get(url)

    job = Job.objects.get(name=what_if.JOB)
    assert (job.args, asked.headers["Location"], again.headers["Location"]) == (
        {"run_id": run.pk},
        url,
        url,
    )
    assert "Computing" in words(waiting)
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    states = [what_if.compute(run.pk, now=clock.now()) for _ in range(2)]
    assert states == ["done", "done"]
    with query_baseline("what-if-run"):
        done = planner.get(url)
    text = words(done)
    run.refresh_from_db()
    figures = run.figures
    assert run.scenario["asked"]["service_level"] == 0.975
    assert run.scenario["current"]["service_level"] == 0.97
    assert figures["series"] == 2
    assert [point["level"] for point in figures["curve"]] == [
        0.8, 0.85, 0.9, 0.95, 0.97, 0.975, 0.99,
    ]  # fmt: skip
    assert f"{figures['asked']['total']:.1f} %" in text
    assert "97.5 % tried" in text
    assert "<polyline" in done.content.decode()
    fragment = planner.get(url, headers={"HX-Request": "true", "HX-Target": "what-if-result"})
    assert fragment.content.decode().lstrip().startswith('<div id="what-if-result"')
    listed = words(planner.get(reverse("whatif")))
    assert "97.5 %, sea 30 days, air: where it pays" in listed
    stranger = sign_in(Client(), make_user("planner"))
    assert stranger.get(url).status_code == 404


def test_a_short_history_ends_refused_with_the_reason(planner, person):
    sell(40)
    planner.post(reverse("whatif"), QUESTION)
    run = WhatIfRun.objects.get()

    assert what_if.compute(run.pk, now=clock.now()) == "refused"

    text = words(planner.get(reverse("whatif-run", args=[run.pk])))
    assert "The file spans 40 days; a replay needs 112 or more." in text


def test_daily_sales_leave_out_what_was_taken_back_and_stay_within_the_warehouses():
    trade = sell(20, skus=1)
    today = clock.now().date()

    found = daily_sales(Goods((trade.place.pk,)), until=today)

    assert found is not None
    sold = list(DemandHistory.objects.order_by("on").values_list("qty", flat=True))
    assert found.panel.qty.tolist() == [[float(qty - 1) for qty in sold]]
    assert found.panel.price is not None
    assert set(found.panel.price[0]) == {20.0}
    assert found.panel.names == (f"TRY-0@{trade.place.code}",)
    assert daily_sales(Goods((trade.place.pk + 1,)), until=today) is None
    assert daily_sales(Goods(None, "Lamps"), until=today) is None


def test_a_question_of_someone_else_is_computed_for_them_alone():
    run = make.what_if_run("NEVER-SOLD", author_key="user:99")

    state = what_if.compute(run.pk, now=clock.now())

    run.refresh_from_db()
    assert (state, run.why[:38]) == ("refused", "Nothing with a price was sold there be")
    assert Actor("user", 99, "x").key == run.author_key
