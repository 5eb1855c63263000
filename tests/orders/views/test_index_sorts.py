"""What a long list can be sorted by has an index that answers in order, on PostgreSQL."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from core.permissions import principal_of
from core.views.audit import AuditIndex
from core.views.jobs import JobIndex
from orders.views.index import OPEN, OrderIndex
from shipping.views.parcels import ParcelIndex
from tests.factories import core as people
from tests.factories import orders as make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def sorts_of(index) -> list[str]:
    offered = [column.sort for column in index.columns if column.sort]
    offered += [tab.sort for tab in index.tabs if tab.sort]
    return sorted({sort.lstrip("-") for sort in [*offered, index.default_sort]})


def plan_of(rows, sort: str) -> str:
    """Return the plan when a full sort is the last resort."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plain = rows.select_related(None).prefetch_related(None)
        return plain.order_by(sort, "-pk" if sort.startswith("-") else "pk")[:51].explain()


def has_full_sort(plan: str) -> bool:
    steps = [line.strip(" ->") for line in plan.splitlines()]
    return any(step.startswith("Sort  (") for step in steps)


@pytest.mark.parametrize("kind", [OrderIndex, ParcelIndex, JobIndex, AuditIndex])
def test_every_sort_of_a_long_list_is_read_from_an_index(kind, rf: RequestFactory):
    request = rf.get("/")
    request.user = people.make_user(role="admin")
    index = kind()
    index.request = request
    rows = index.rows_for(principal_of(request))
    if kind is OrderIndex:
        rows = rows.filter(OPEN)

    slow = [
        f"{sign}{sort}"
        for sort in sorts_of(index)
        for sign in ("", "-")
        if has_full_sort(plan_of(rows, f"{sign}{sort}"))
    ]

    assert slow == []


def test_a_sort_without_an_index_is_noticed():
    make.channel()
    rows = make.Order.objects.filter(OPEN)

    assert has_full_sort(plan_of(rows, "number"))
    assert not has_full_sort(plan_of(rows, "promised_by"))
