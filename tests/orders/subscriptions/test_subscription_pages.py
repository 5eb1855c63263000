"""The order desk's pages of subscriptions."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orders.models import Subscription
from orders.services import subscription_runs
from tests.factories import orders as make
from tests.factories.core import make_user, sign_in
from tests.factories.subscriptions import FIRST, subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    make.channel()
    make.put(make.sku(), make.warehouse(), 20)
    return sign_in(client, make_user("order_desk"))


def test_a_subscription_is_set_up_paused_resumed_skipped_and_ended(desk):
    typed = {
        "channel": "shop",
        "name": "Ada Brook",
        "line1": "12 Mill Lane",
        "city": "Springfield",
        "postcode": "62704",
        "country": "us",
        "sku_1": "TEA",
        "qty_1": "2",
        "price_1": "7.50",
        "first_on": "2099-01-31",
        "interval_count": "1",
        "interval_unit": "month",
    }
    page = desk.post(reverse("subscription-new"), typed)
    row = Subscription.objects.get()

    assert page["Location"] == reverse("subscription", args=[row.pk])
    steps = (
        ("pause", {"until": "", "reason": "holiday"}, "paused"),
        ("resume", {}, "active"),
        ("skip", {"due_on": "2099-01-31"}, "active"),
        ("end", {"reason": "moved away"}, "ended"),
    )
    for act, data, state in steps:
        row.refresh_from_db()
        answer = desk.post(
            reverse(f"subscription-{act}", args=[row.pk]), {**data, "version": row.version}
        )
        row.refresh_from_db()
        assert (act, answer.status_code, row.state) == (act, 303, state)
    assert row.runs.get().due_on.isoformat() == "2099-01-31"
    shown = desk.get(reverse("subscription", args=[row.pk])).content.decode()
    assert "moved away" in shown
    assert "12 Mill Lane" in shown


def test_the_index_shows_what_comes_next_and_what_was_refused(desk):
    subscription()
    later = subscription(interval_unit="week", interval_count=2)
    Subscription.objects.filter(pk=later.pk).update(channel=make.channel("closed", is_active=False))
    subscription_runs.run_due(today=FIRST, lead_days=0, at=make.NOW)

    page = desk.get(reverse("subscriptions-index"))

    text = page.content.decode()
    first = Subscription.objects.earliest("pk")
    assert text.index(later.number) < text.index(first.number)
    assert [row.refused_count for row in page.context["page"].rows] == [1, 0]
    assert "2 weeks" in text


def test_an_act_on_a_stale_page_is_a_conflict_in_the_dialog(desk):
    row = subscription()
    url = reverse("subscription-end", args=[row.pk])
    desk.post(reverse("subscription-pause", args=[row.pk]), {"version": 1})

    answer = desk.post(url, {"version": 1, "reason": "late"})

    row.refresh_from_db()
    assert (answer.status_code, row.state) == (409, "paused")
    assert "meanwhile" in answer.content.decode()


def test_a_wrong_form_keeps_what_was_typed(desk):
    answer = desk.post(reverse("subscription-new"), {"name": "Ada", "sku_1": "TEA"})

    assert answer.status_code == 422
    assert 'value="Ada"' in answer.content.decode()
    assert not Subscription.objects.exists()
