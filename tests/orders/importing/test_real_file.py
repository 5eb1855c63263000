"""A year of a real wholesaler: Online Retail II (Chen 2012, UCI, CC BY 4.0)."""

from __future__ import annotations

import csv
import gzip
import resource
import sys
from pathlib import Path

import pytest

from customers.models import Customer
from orders.models import Order, OrderLine, ReturnFact, SetAsideLine
from tests.orders.importing.files import history, lines_accounted, run_import

pytestmark = pytest.mark.django_db

FILE = "online-retail-ii-y1/online_retail_ii_2009-12_2010-12.csv.gz"
LINES = 525_461
SECONDS, MEGABYTES = 120, 600


@pytest.fixture
def real_file(shared_data) -> Path:
    return shared_data / FILE


@pytest.fixture
def first_week(real_file, tmp_path) -> Path:
    """The first 12,000 lines: seven days."""
    path = tmp_path / "first-week.csv"
    with gzip.open(real_file, "rt", encoding="utf-8") as source, path.open("w") as target:
        for _count in range(12_001):
            target.write(source.readline())
    return path


def test_a_real_week_comes_in_with_every_line_accounted_for(first_week):
    with first_week.open() as source:
        raw = list(csv.DictReader(source))

    answer = history(first_week)

    assert answer["lines_read"] == lines_accounted(answer) == 12_000
    assert answer["return_facts"] == sum(row["Invoice"].startswith("C") for row in raw)
    assert answer["lines_imported"] == OrderLine.objects.count()
    assert answer["problems"] == 0
    goods = {
        row["Invoice"] for row in raw if row["Quantity"][0] != "-" and row["Invoice"][0] != "A"
    }
    assert set(Order.objects.values_list("external_id", flat=True)) <= goods
    assert history(first_week)["orders_created"] == 0


@pytest.mark.long
@pytest.mark.alone
def test_the_real_year_comes_in_within_two_minutes_and_again_changes_nothing(real_file):
    answer = history(real_file)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    again = history(real_file)
    live = run_import(
        real_file,
        "--channel", "uk-shop-live", "--mapping", "online-retail",
        "--from", "2010-12-06", "--country-only",
    )  # fmt: skip

    seen = f"{answer['seconds']} s, {peak_mb:.0f} MB, again {again['seconds']} s"
    sys.stderr.write(f"\n{seen}, live {live['seconds']} s\n")
    assert answer["lines_read"] == lines_accounted(answer) == LINES
    assert (answer["orders_created"], answer["lines_imported"]) == (21_705, 510_794)
    assert answer["return_facts"] == ReturnFact.objects.filter(channel__code="uk-shop").count()
    assert answer["return_facts"] == 10_206
    assert SetAsideLine.objects.filter(batch_id=answer["import"]).count() == 4_461
    assert Customer.objects.count() == 4_369
    assert answer["seconds"] <= SECONDS
    assert peak_mb <= MEGABYTES
    assert (again["orders_created"], lines_accounted(again)) == (0, LINES)
    assert live["orders_created"] == 446
    assert lines_accounted(live) == LINES


def test_exact_duplicate_lines_of_the_real_file_stay(first_week):
    with first_week.open() as source:
        raw = [tuple(row) for row in csv.reader(source)]
    duplicates = len(raw) - len(set(raw))

    history(first_week)

    kept = OrderLine.objects.values_list(
        "order__external_id", "sku_code", "description", "qty", "unit_price"
    )
    assert duplicates > 0
    assert len(kept) - len(set(kept)) >= duplicates - 40  # some duplicates are returns or fees
