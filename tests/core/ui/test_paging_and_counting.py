"""Keyset pages both ways, with NULLs and equal values, and counts that stop at a cap."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Job
from core.tables.counting import capped_counts
from core.tables.paging import decode, page_of

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 21, 9, 0, tzinfo=dt.UTC)


def make_jobs(ends: list[int | None]) -> list[int]:
    """Create one job for each number of minutes until its end (None = not ended)."""
    jobs = Job.objects.bulk_create(
        Job(
            name="core.export_index",
            title=f"job {place}",
            run_after=NOW,
            created_at=NOW,
            status="queued" if end is None else "succeeded",
            finished_at=None if end is None else NOW + dt.timedelta(minutes=end),
        )
        for place, end in enumerate(ends)
    )
    return [job.pk for job in jobs]


def walk(sort: str, size: int) -> list[list[int]]:
    """Return the pages of all jobs, forwards."""
    pages, token = [], ""
    while True:
        page = page_of(Job.objects.all(), sort=sort, token=token, size=size)
        pages.append([job.pk for job in page.rows])
        if not page.next:
            return pages
        token = page.next


@pytest.mark.parametrize("sort", ["finished_at", "-finished_at", "pk", "-pk"])
@pytest.mark.parametrize("size", [1, 3, 4, 50])
def test_every_row_comes_exactly_once_in_the_order_of_the_database(sort, size):
    make_jobs([5, None, 1, 5, None, 3, 5, None, 2, 5])
    mark = "-" if sort.startswith("-") else ""
    expected = list(Job.objects.order_by(sort, f"{mark}pk").values_list("pk", flat=True))

    pages = walk(sort, size)

    assert [pk for page in pages for pk in page] == expected
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("sort", ["finished_at", "-finished_at", "-pk"])
def test_going_back_shows_the_same_pages(sort):
    make_jobs([5, None, 1, 5, None, 3, 5, None, 2, 5])
    forwards = walk(sort, 3)
    page = page_of(Job.objects.all(), sort=sort, token="", size=3)
    while page.next:
        page = page_of(Job.objects.all(), sort=sort, token=page.next, size=3)

    backwards = [[job.pk for job in page.rows]]
    while page.previous:
        page = page_of(Job.objects.all(), sort=sort, token=page.previous, size=3)
        backwards.append([job.pk for job in page.rows])

    assert backwards[0] == forwards[-1]
    assert backwards[1:] == forwards[-2::-1]


def test_pages_are_numbered_from_one():
    make_jobs([1, 2, 3, 4, 5])

    first = page_of(Job.objects.all(), sort="pk", token="", size=2)
    second = page_of(Job.objects.all(), sort="pk", token=first.next, size=2)
    back = page_of(Job.objects.all(), sort="pk", token=second.previous, size=2)

    assert [(page.first_number, page.last_number) for page in (first, second, back)] == [
        (1, 2),
        (3, 4),
        (1, 2),
    ]
    assert back.previous == ""


@pytest.mark.parametrize("token", ["", "???", "eyJ4IjoxfQ", "W10", "\u4f60", "A" * 5000])
def test_a_cursor_that_is_not_ours_shows_the_first_page(token):
    pks = make_jobs([1, 2])

    page = page_of(Job.objects.all(), sort="pk", token=token, size=5)

    assert [job.pk for job in page.rows] == pks
    assert decode(token, None) is None


def test_a_page_is_one_statement():
    make_jobs([1, 2, 3])

    with CaptureQueriesContext(connection) as captured:
        page_of(Job.objects.all(), sort="finished_at", token="", size=2)

    assert len(captured) == 1


def test_counts_of_several_querysets_are_one_statement():
    make_jobs([1, 2, None])

    with CaptureQueriesContext(connection) as captured:
        counts = capped_counts(
            [
                Job.objects.all(),
                Job.objects.filter(finished_at=None),
                Job.objects.none(),
                Job.objects.filter(title="job 1").order_by("-created_at"),
            ]
        )

    assert [count.number for count in counts] == [3, 1, 0, 1]
    assert len(captured) == 1


def test_a_count_stops_at_the_cap_and_says_so():
    make_jobs([1] * 7)

    exact, capped = (capped_counts([Job.objects.all()], cap=cap)[0] for cap in (7, 6))

    assert (exact.number, exact.is_capped) == (7, False)
    assert (capped.number, capped.is_capped) == (6, True)


def test_nothing_to_count_asks_nothing():
    assert capped_counts([]) == []
