"""B-01: four sources of demand, each optional, with their freshness, rows and gaps."""

import datetime as dt

import pytest

from core.actors import SYSTEM
from core.imports import pipeline, running
from core.imports.fields import suggest_mapping
from core.imports.kinds import get_kind
from core.models import ImportBatch
from customers.models import Customer
from planning.models import DemandSignal
from planning.queries.sources import source_states
from tests.factories import customers as people
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)


def read(folder, kind, text):
    file = folder / f"{kind}-{ImportBatch.objects.count()}.csv"
    file.write_text(text)
    found = get_kind(kind)
    columns = text.split("\n", 1)[0].split(",")
    mapping = suggest_mapping(columns, found.fields, found.options).as_json()
    run = running.FileRun(path=file, kind=found, source="", mapping=mapping, options={})
    return running.run_file(run, actor=SYSTEM, now=NOW)


def counts():
    rows = DemandSignal.objects.order_by("source", "kind", "subject_key", "on")
    return [
        (row.source, row.kind, row.subject_key, f"{row.on:%m-%d}", row.count_value) for row in rows
    ]


def test_b01_visits_marketing_and_searches_are_read_and_replaced(tmp_path):
    shop.sku("TEA")
    ann: Customer = people.make_customer()

    read(
        tmp_path,
        "visitor_behavior",
        "date,kind,sku,customer,count\n"
        f"2026-06-01,view,TEA,{ann.number},3\n"
        "2026-06-01,cart,TEA,,2\n"
        "2026-06-02,touch,TEA,,2\n"
        "2026-06-02,view,NONE,,2\n"
        "2026-06-02,view,,,2\n"
        "2026-06-02,view,,C-unknown,1\n",
    )
    read(tmp_path, "marketing", "date,kind,sku,count\n2026-06-05,Coupon,TEA,7\n")
    read(tmp_path, "search_trends", "date,keyword,index\n2026-06-03,Green Tea,55.5\n")
    read(tmp_path, "search_trends", "date,keyword,index\n2026-06-03,green tea,60\n")

    assert counts() == [
        ("behavior", "cart", "sku:TEA", "06-01", 2.0),
        ("behavior", "view", f"sku:TEA|customer:{ann.number}", "06-01", 3.0),
        ("marketing", "coupon", "sku:TEA", "06-05", 7.0),
        ("search", "trend", "term:green tea", "06-03", 60.0),
    ]


def test_b01_any_subset_works_and_what_is_missing_is_listed(tmp_path):
    assert [state.is_missing for state in source_states(as_of=NOW)] == [True] * 4

    shop.sku("TEA")
    rows = "".join(f"2026-06-{day:02},view,TEA,1\n" for day in (20, 21, 25, 29))
    read(tmp_path, "visitor_behavior", "date,kind,sku,count\n" + rows)
    read(tmp_path, "marketing", "date,kind,sku,count\n2026-06-22,open,TEA,1\n")

    orders, behavior, marketing, search = source_states(as_of=NOW)
    assert (orders.is_missing, search.is_missing) == (True, True)
    assert (behavior.rows, behavior.age_days, behavior.gap_days) == (4, 1, 6)
    assert not behavior.is_stale
    assert (marketing.age_days, marketing.is_stale) == (8, True)


def test_b01_undo_brings_the_former_counts_back(tmp_path):
    read(tmp_path, "search_trends", "date,term,count\n2026-06-03,tea,55\n")
    read(tmp_path, "search_trends", "date,term,count\n2026-06-03,tea,60\n2026-06-04,tea,61\n")
    batch = ImportBatch.objects.order_by("-pk")[0]

    pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)

    assert counts() == [("search", "trend", "term:tea", "06-03", 55.0)]
