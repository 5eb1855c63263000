"""Counts, adjustments to approve and recalls: both languages and themes, phone and desk."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from inventory.domain.lines import AdjustLine
from inventory.models import Bin, Lot
from inventory.services import adjusting, count_scans, cycle_counts
from tests.browser.looks import LOOKS, found_on
from tests.factories import core as people
from tests.factories import orders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def paths():
    place = make.warehouse()
    tea, jam = make.sku("TEA"), make.sku("JAM", lot_tracked=True)
    make.put(tea, place, 30)
    make.put(jam, place, 5, lot_code="R2406")
    shelf = Bin.objects.get(code="A-01")
    for _round in range(2):
        actor = people.principal("operator").actor
        running = cycle_counts.start(shelf.pk, actor=actor, at=make.NOW)
        count_scans.add_units(running.pk, tea.pk, None, 12, actor=actor)
        count = cycle_counts.finish(running.count_id, actor=actor, at=make.NOW)
    second = Bin.objects.create(warehouse=place, code="B-01", kind="pick")
    due = cycle_counts.request(
        [cycle_counts.CountRequest(second.pk, "PLAN", make.NOW, "A")], actor=SYSTEM, at=make.NOW
    )[0]
    asked = adjusting.adjust(
        AdjustLine(shelf.pk, tea.pk, -9),
        event_key="screens",
        reason="LOST",
        actor=SYSTEM,
        at=make.NOW,
    )
    lot = Lot.objects.get()
    return [
        "/counts/?tab=review",
        f"/counts/{count.pk}/",
        f"/counts/{count.pk}/approve/",
        "/counts/new/",
        "/adjustments/",
        f"/adjustments/{asked.request.pk}/refuse/",
        f"/lots/{lot.pk}/recall/",
        "/floor/count/",
        f"/floor/count/{due.pk}/",
    ]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_stock_care_is_accessible_and_fits(desk, paths, language, theme, width):
    admin = people.make_user(role="admin", language=language)
    window = desk(admin, width=width, language=language, theme=theme)
    assert found_on(window, paths) == {}
