"""The calendar of demand from a file: new, changed, the same, refused, and undone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from core.actors import SYSTEM
from core.imports import pipeline, running
from core.imports.fields import suggest_mapping
from core.imports.kinds import get_kind
from core.models import ImportBatch
from planning.models import DemandEvent
from tests.factories import orders as shop

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)
HEAD = "kind,name,start,end,uplift,sku,category,warehouse,channel,note\n"


def read(folder, text):
    file = folder / f"events-{ImportBatch.objects.count()}.csv"
    file.write_text(HEAD + text)
    found = get_kind("demand_events")
    mapping = suggest_mapping(HEAD.strip().split(","), found.fields, found.options).as_json()
    run = running.FileRun(path=file, kind=found, source="", mapping=mapping, options={})
    return running.run_file(run, actor=SYSTEM, now=NOW)


def rows():
    return [
        (row.kind, row.name, row.from_on.isoformat(), row.until_on.isoformat(), row.factor)
        for row in DemandEvent.objects.order_by("from_on", "pk")
    ]


def test_events_are_read_changed_and_left_alone(tmp_path):
    place, tea, own = shop.warehouse(), shop.sku("TEA"), shop.channel("shop")

    read(
        tmp_path,
        "Promotion,Spring sale,2026-07-01,2026-07-07,2.5,TEA,,LA,shop,Booked\n"
        "season,Summer,2026-07-01,2026-08-31,1.2,,tea,,,\n"
        "event,Fair,2026-07-09,2026-07-02,2,,,,,\n"
        "odd_days,Strange,2026-07-01,2026-07-02,,,,,,\n"
        "event,Fair,2026-07-09,2026-07-10,2,NONE,,,,\n"
        "event,Fair,2026-07-09,2026-07-10,2,,,XX,,\n"
        "event,Fair,2026-07-09,2026-07-10,2,,,,nowhere,\n",
    )

    assert rows() == [
        ("promotion", "Spring sale", "2026-07-01", "2026-07-07", Decimal("2.5")),
        ("season", "Summer", "2026-07-01", "2026-08-31", Decimal("1.2")),
    ]
    sale, summer = DemandEvent.objects.order_by("pk")
    assert (sale.sku, sale.warehouse, sale.channel, sale.reason) == (tea, place, own, "Booked")
    assert (summer.category, summer.sku, summer.author_key) == ("tea", None, SYSTEM.key)

    read(
        tmp_path,
        "promotion,Spring sale,2026-07-01,2026-07-09,3,TEA,,LA,shop,Longer\n"
        "season,Summer,2026-07-01,2026-08-31,1.2,,tea,,,\n",
    )

    assert rows()[0] == ("promotion", "Spring sale", "2026-07-01", "2026-07-09", Decimal(3))
    assert DemandEvent.objects.count() == 2

    left = []
    for batch in ImportBatch.objects.order_by("-pk"):
        pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)
        left.append([row[3:] for row in rows()])
    assert left == [[("2026-07-07", Decimal("2.5")), ("2026-08-31", Decimal("1.2"))], []]
