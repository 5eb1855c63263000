"""What the floor reports reaches the manager of its warehouse, who closes it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.models import AuditEntry
from fulfillment.models import ProblemReport
from fulfillment.views.floor import STATION_COOKIE
from tests.factories import core as people
from tests.factories import fulfillment as floor
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


def reported(client, code: str, note: str) -> ProblemReport:
    place = make.warehouse(code)
    worker = people.sign_in(client, people.make_user("operator", warehouses=[code]))
    worker.cookies[STATION_COOKIE] = floor.station(place).code
    worker.post(reverse("floor-problem"), {"reason": "OTHER", "note": note})
    return ProblemReport.objects.latest("pk")


def test_w19_a_manager_sees_and_closes_what_the_own_floor_reported(client):
    near = reported(client, "LA", "The label roll is empty")
    reported(client, "NJ", "A light is broken")
    manager = people.make_user("warehouse_manager", warehouses=["LA"])
    people.sign_in(client, manager)

    page = client.get(reverse("problems-index")).content.decode()
    first, again = (client.post(reverse("problem-close", args=[near.pk])) for _ in range(2))

    assert "The label roll is empty" in page
    assert "A light is broken" not in page
    assert [first.status_code, again.status_code] == [303, 303]
    near.refresh_from_db()
    assert near.closed_by == f"user:{manager.pk}"
    assert AuditEntry.objects.filter(action="fulfillment.problem_closed").count() == 1
    assert "The label roll is empty" in client.get("/problems/?tab=closed").content.decode()
