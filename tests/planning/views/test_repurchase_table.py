"""B-08 with the counts of B-02 to B-04: the table of what is bought again."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.permissions import principal_for_user
from core.tables import exporting
from planning.models import CrossPurchase, CustomerEstimate
from tests.factories import customers as people
from tests.factories.core import make_user
from tests.factories.inventory import make_sku
from tests.factories.repurchase import product, run_at
from tests.helpers.query_counts import statements

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2025, 9, 1, 4, 20, tzinfo=dt.UTC)


@pytest.fixture
def table():
    """The seed's example: saver 2025-10-15 at 68 % with charger, charger 2025-09-22 at 45 %."""
    saver, charger, cover = (make_sku(code) for code in ("SAVER", "CHARGER", "COVER"))
    old = run_at(dt.date(2025, 8, 24), "old")
    product(old, cover, dt.date(2025, 9, 1), 0.9)
    run = run_at(dt.date(2025, 8, 31))
    product(run, saver, dt.date(2025, 10, 15), 0.68)
    product(run, charger, dt.date(2025, 9, 22), 0.45, gaps=7, low=True)
    for first, then, planned, watched in (
        (saver, cover, 0.2, 40),
        (saver, charger, 0.31, 42),
        (charger, cover, 0.25, 12),
    ):
        CrossPurchase.objects.create(
            run=run,
            first_sku=first,
            then_sku=then,
            watched=watched,
            bought=3,
            planned=planned,
            low=0.1,
            high=0.5,
            lift=2,
        )
    for segment in ("high", "high", "dormant", "new"):
        CustomerEstimate.objects.create(
            run=run,
            customer=people.make_customer(),
            segment=segment,
            purchases=2,
            first_on=NOW.date(),
            last_on=NOW.date(),
        )
    return saver


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_b08_the_table_is_sorted_by_date_with_related_product_n_and_confidence(client, table):
    client.force_login(make_user("planner"))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("repurchase-table"))

    shown = text_of(page)
    assert len(statements(captured)) <= 25
    assert re.search(
        r"CHARGER 2025-09-22 45 % COVER \(25 % of 12\) 7 50 low: few gaps .*"
        r"SAVER 2025-10-15 68 % CHARGER \(31 % of 42\) 40 50 enough gaps",
        shown,
    ), shown
    assert (
        f"/planning/skus/{table.pk}/" in page.content.decode()
        or reverse("sku", args=[table.pk]) in page.content.decode()
    )


def test_b02_b03_b04_the_segments_are_counted_beside_it(client, table):
    client.force_login(make_user("planner"))

    page = client.get(reverse("repurchase-table"))

    counts = dict(
        re.findall(r"<dt title=[^>]*>([^<]+)</dt><dd>(?:<[^>]+>)*(\d+)", page.content.decode())
    )
    assert counts == {
        "High repurchase": "2",
        "Dormant": "1",
        "New": "1",
        "Cooling": "0",
        "Lost": "0",
        "Other": "0",
    }


def test_b08_the_table_is_exported_with_every_column(table):
    index = exporting.index_of("repurchase")
    principal = principal_for_user(make_user("planner"))
    columns = index.shown_columns(principal, [column.key for column in index.columns])

    content, count = exporting.write_csv(
        columns, iter(index.rows_for(principal).order_by("expected_on", "pk"))
    )

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert count == 2
    head = next(row for row in rows if "Probability" in row)
    first = dict(zip(head, rows[rows.index(head) + 1], strict=True))
    assert (first["Product"], first["Expected on"], first["Probability"]) == (
        "CHARGER",
        "2025-09-22",
        "0.45",
    )
    assert (first["Related product"], first["n (gaps)"]) == ("COVER", "7")
    assert first["Confidence"] == "low: few gaps"


def test_b08_without_a_run_the_page_says_when_it_fills(client):
    client.force_login(make_user("planner"))

    assert "No repurchase forecast yet" in text_of(client.get(reverse("repurchase-table")))
