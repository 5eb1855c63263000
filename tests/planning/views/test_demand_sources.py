"""B-01: any subset of the sources works, and what is missing is listed."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from planning.models import DemandSignal
from tests.factories.core import make_user, sign_in
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 29, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def planner(client):
    with time_machine.travel(NOW, tick=False):
        yield sign_in(client, make_user("planner"))


def page_of(client):
    return client.get(reverse("demand-sources"))


def test_b_01_what_is_missing_is_listed_and_what_is_old_says_so(planner):
    for day in (3, 1):
        signal = DemandSignal(source="behavior", kind="view", subject_key=f"sku:{day}")
        signal.on, signal.count_value = NOW.date() - dt.timedelta(days=day), 4
        signal.save()
    old = DemandSignal(source="search", kind="trend", subject_key="term:tea", count_value=9)
    old.on = NOW.date() - dt.timedelta(days=8)
    old.save()

    with query_baseline("planning: demand-sources"):
        answer = page_of(planner)

    states = {one["state"].source: one["state"] for one in answer.context["sources"]}
    assert [name for name, state in states.items() if state.is_missing] == ["orders", "marketing"]
    assert (states["behavior"].rows, states["behavior"].gap_days) == (2, 1)
    assert (states["search"].is_stale, states["search"].age_days) == (True, 8)
    text = answer.content.decode()
    assert "2 of 4 are missing" in text
    assert "8 days old" in text


def test_who_imports_files_goes_on_from_the_board_to_the_import(client):
    buyer = sign_in(client, make_user("buyer"))

    assert reverse("demand-sources") in buyer.get(reverse("forecast-board")).content.decode()
    assert reverse("import-new") in page_of(buyer).content.decode()
