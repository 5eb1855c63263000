"""The screens of inserts, in both languages and themes, desk and phone: readable and in bounds."""

from __future__ import annotations

import pytest

from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import inserts as add
from tests.factories import orders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths() -> list[str]:
    """Return the pages of a shop with a campaign, a rule and a gift on the bench."""
    make.channel()
    place = make.warehouse()
    floor.bench(place)
    make.put(make.sku(), place, 5)
    add.insert("CARD", place)
    campaign = add.campaign("SPRING", ("SPR-0001",))
    rule = add.rule("OFFER", "CARD", 'country == "US" and total >= 5', campaign="SPRING")
    order = add.picked(is_gift=True, gift_message="Alles Gute")
    carton = add.opened(order)
    return [
        "/inserts/",
        f"/inserts/campaigns/{campaign.pk}/",
        "/inserts/rules/",
        f"/inserts/rules/{rule.pk}/?order={order.number}",
        f"/inserts/rules/{rule.pk}/edit/",
        "/inserts/gifts/",
        f"/floor/cartons/{carton.pk}/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "light", 1440), ("zh-hans", "dark", 360)]
)
def test_the_screens_of_inserts_can_be_read(desk, paths, language, theme, width):
    window = desk(people.make_user(role="admin"), language=language, theme=theme, width=width)
    problems = {}
    for path in paths:
        window.open(path)
        found = [*window.violations(), window.overflow_px()]
        if found != [0]:
            problems[path] = found

    assert problems == {}
