"""Returned parcels and their inspection: both languages and themes, phone and desk."""

from __future__ import annotations

import pytest

from core.permissions import principal_for_user
from returns.services import inspect_desk
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import return_floor
from tests.factories.return_floor import CAME, open_parcel, take_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def place():
    return return_floor.ready("TEA", "CUP", units=30)


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_the_return_floor_is_accessible_and_fits(desk, place, language, theme, width):
    first, second = return_floor.asked(), return_floor.asked()
    take_in(place, first, {"TEA": 1, "CUP": 1, "a shoe": 1})
    parcel = open_parcel(place, second.number)
    unknown = open_parcel(place, "LP0001")
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    paths = ["/floor/returns/", "/returns/parcels/", "/floor/returns/inspect/"]
    paths += [f"/floor/returns/{row.pk}/" for row in (parcel, unknown)]

    assert found_on(window, paths) == {}

    [units, *_rest] = return_floor.waiting(first)
    inspect_desk.begin(units, actor=principal_for_user(admin).actor, at=CAME)
    assert found_on(window, ["/floor/returns/inspect/", f"/returns/{first.pk}/"]) == {}
