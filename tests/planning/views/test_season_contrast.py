"""B-07: the page of a forecast shows the season as a ratio and in percent."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from planning.domain.season import Contrast
from planning.models import SeriesOutlook
from planning.queries.season_contrast import contrast_of
from planning.services import forecast_cycle
from planning.views.season_words import contrast_text, evidence_text
from tests.factories import core as people
from tests.factories import demand
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
#: Units a week by month; summer asks for 64, winter for 20.
BY_MONTH = {12: 20, 1: 20, 2: 20, 6: 64, 7: 64, 8: 64}


def test_b_07_ratio_and_percent_stand_beside_each_other():
    now = clock.now()
    place, sku, young = shop.warehouse(), shop.sku("ICE"), shop.sku("NEW")
    until, channel = demand.monday(now), shop.channel("shop")
    days = [until - dt.timedelta(weeks=104 - week, days=-3) for week in range(104)]
    demand.sell(sku, place, {channel: [BY_MONTH.get(day.month, 42) for day in days]}, until)
    demand.sell(young, place, {channel: [9] * 20}, until)
    forecast_cycle.run(now=now)
    planner = people.sign_in(Client(), people.make_user("planner"))

    pages = {
        row.sku.code: planner.get(reverse("forecast-sku", args=[row.pk]))
        for row in SeriesOutlook.objects.select_related("sku")
    }
    found = contrast_of(sku.pk, place, today=now.date())

    assert found is not None
    assert (found.cycles, found.trust) == (2, 0.5)
    assert 2.5 < found.ratio <= 3.2, "five weeks soften the edges of 3.2"
    text = " ".join(re.sub(r"<[^>]+>", " ", pages["ICE"].content.decode()).split())
    percent = round((found.ratio - 1) * 100)
    assert f"Summer over winter {found.ratio:.1f} summer is higher by {percent} % than" in text
    assert "2 years seen, followed to 50 %" in text
    assert pages["NEW"].context["season"] is None
    assert "Summer over winter" not in pages["NEW"].content.decode()


def test_b_07_3_2_times_is_220_percent_more_and_half_is_50_percent_less():
    assert contrast_text(Contrast(3.2, 2, 0.5)) == "summer is higher by 220 % than winter"
    assert contrast_text(Contrast(0.5, 1, 0.1)) == "summer is lower by 50 % than winter"
    assert evidence_text(Contrast(0.5, 1, 0.1)) == "1 year seen, followed to 10 %"
