"""Returns at the desk: both languages and themes, phone and desk."""

from __future__ import annotations

import datetime as dt

import pytest

from core import clock
from returns.models import ReturnRequest
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import orders as make
from tests.factories import returns as back

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths():
    back.ensure_rules()
    back.stocked("TEA", "MUG")
    order = back.delivered_order(
        make.line("TEA", 3), make.line("MUG", 2), at=clock.now() - dt.timedelta(days=3)
    )
    row = back.request(order, units={"TEA": 1, "MUG": 1}, note="Both too small", at=clock.now())
    other = back.request(order, at=clock.now())
    ReturnRequest.objects.filter(pk=other.pk).update(status="review", decided_at=None)
    return [
        "/returns/",
        "/returns/?tab=review",
        f"/returns/{row.pk}/",
        f"/returns/{other.pk}/",
        f"/returns/{other.pk}/reject/",
        "/returns/new/",
        f"/returns/new/{order.pk}/",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_returns_at_the_desk_are_accessible_and_fit(desk, paths, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    assert found_on(window, paths) == {}
