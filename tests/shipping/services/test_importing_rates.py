"""Rate cards through the one import pipeline: upload, mapping, check, apply, undo."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core.actors import SYSTEM
from core.imports import pipeline
from core.models import ImportBatch
from core.models.imports import ImportIssue, ImportRow
from shipping import queries
from shipping.models import RateBreak, RateCard, ShippingZone
from tests.core.imports.batches import batch_of
from tests.factories.inventory import make_warehouse
from tests.factories.shipping import NOW, make_service

pytestmark = pytest.mark.django_db
HEADER = (
    "service,currency,valid_from,valid_to,warehouse,zone,countries,transit_lo_days,"
    "transit_hi_days,max_weight_g,amount,per_extra_kg\n"
)
GROUND = (
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,500,4.20,\n"
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,2000,6.50,\n"
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,,,1.50\n"
)
AIR = "AIR,USD,2026-01-01,,,WORLD,*,3,7,2000,19.00,\n"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def services():
    make_service("GROUND")
    make_service("AIR")


@pytest.fixture
def put(tmp_path):
    """Accept a text as an upload and apply it."""

    def run(text: str, **options) -> ImportBatch:
        batch = batch_of(tmp_path, HEADER + text, "rates", **options)
        return pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    return run


def counts(batch: ImportBatch) -> dict[str, int]:
    return batch.tally["counts"]


def problems(batch: ImportBatch) -> list[tuple[int, str, str]]:
    rows = ImportIssue.objects.filter(batch=batch).order_by("pk")
    return list(rows.values_list("line", "field", "value"))


def test_the_check_says_what_would_come_and_writes_nothing(tmp_path):
    batch = batch_of(tmp_path, HEADER + GROUND + AIR, "rates")

    batch = pipeline.preview(batch.pk, actor=SYSTEM, now=NOW)

    rows = ImportRow.objects.order_by("pk").values_list("key", "outcome", "lines", "diff")
    assert list(rows) == [
        ("GROUND", "new", 3, {"rate cards": ["0", "1"]}),
        ("AIR", "new", 1, {"rate cards": ["0", "1"]}),
    ]
    assert counts(batch) == {
        "lines_imported": 4,
        "lines_read": 4,
        "objects_new": 2,
        "rate_cards": 2,
    }
    assert RateCard.objects.count() == 0


def test_an_applied_file_prices_parcels(put):
    batch = put(GROUND + AIR)

    day = dt.date(2026, 4, 22)
    by_service = {
        option.service_code: option.cost
        for option in queries.rate_snapshot(day).options("RTM", "DE", "", 2_001)
    }
    assert by_service["GROUND"] == Decimal("8.00")
    assert (counts(batch)["rate_cards"], RateCard.objects.count()) == (2, 2)


def test_other_headers_are_mapped(tmp_path):
    text = HEADER.replace("amount", "Preis").replace("zone", "Gebiet") + GROUND
    batch = batch_of(tmp_path, text, "rates", amount="Preis", zone="Gebiet")

    pipeline.apply(batch.pk, actor=SYSTEM, now=NOW)

    assert RateBreak.objects.count() == 2


def test_the_same_cards_again_change_nothing(put):
    put(GROUND)

    again = put(GROUND + AIR)

    assert counts(again)["set_aside:ALREADY_IMPORTED"] == 3
    assert RateCard.objects.filter(service__code="GROUND").count() == 1


@pytest.mark.parametrize(
    ("bad", "field", "value"),
    [
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,3000,-1,\n", "amount", "-1"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,3000,NaN,\n", "amount", "NaN"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,3000,Infinity,\n", "amount", "Infinity"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,3000,,\n", "amount", ""),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,-500,4,\n", "max_weight_g", "-500"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,500,4.90,\n", "max_weight_g", "500"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,,,1.60\n", "per_extra_kg", "1.60"),
        ("GROUND,EUR,2026-01-01,,,BARE,FR,1,2,,,1.60\n", "max_weight_g", "BARE"),
        ("GROUND,EUR,2026-01-01,,,OTHER,DE,1,2,500,4.90,\n", "countries", "DE:"),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE ZZ,1,2,3000,4,\n", "countries", "DE ZZ"),
        ("GROUND,EUR,2026-01-01,,,NEAR,Narnia,1,2,3000,4,\n", "countries", "Narnia"),
        ("GROUND,EUR,2026-01-01,,ATLANTIS,NEAR,DE,1,2,3000,4,\n", "warehouse", "ATLANTIS"),
        ("GROUND,XXQ,2026-01-01,,,NEAR,DE,1,2,3000,4,\n", "currency", "XXQ"),
        ("GROUND,EUR,2026-01-01,2025-01-01,,NEAR,DE,1,2,3000,4,\n", "valid_to", "2025-01-01"),
        ("GROUND,EUR,,,,NEAR,DE,1,2,3000,4,\n", "valid_from", ""),
        ("GROUND,EUR,2026-01-01,,,NEAR,DE NL,3,2,3000,4,\n", "transit_hi_days", "2"),
    ],
)
def test_a_hostile_row_is_named_its_service_stays_out_and_the_others_come_in(
    put, bad, field, value
):
    batch = put(GROUND + bad + AIR)

    found = [(name, shown) for _line, name, shown in problems(batch)]
    assert (field, value) in found
    assert list(RateCard.objects.values_list("service__code", flat=True)) == ["AIR"]
    assert counts(batch)["set_aside:UNREADABLE"] == 4
    assert ShippingZone.objects.count() == 1
    assert all(ImportIssue.objects.values_list("fix", flat=True))


def test_an_unknown_service_is_named(put):
    batch = put("PIGEON,EUR,2026-01-01,,,Z,DE,1,2,500,4.20,\n" + AIR)

    assert problems(batch) == [(2, "service", "PIGEON")]
    assert RateCard.objects.get().service.code == "AIR"


def test_a_card_over_the_days_of_another_is_refused_in_check_and_apply(put, tmp_path):
    put(GROUND)
    text = GROUND.replace("2026-01-01,,", "2025-06-01,2026-02-01,")
    checked = pipeline.preview(batch_of(tmp_path, HEADER + text, "rates").pk, actor=SYSTEM, now=NOW)

    applied = put(text + AIR)

    for batch in (checked, applied):
        issue = ImportIssue.objects.get(batch=batch)
        assert (issue.code, issue.value) == ("RATE_CARD_OVERLAPS", "GROUND")
        assert "version 1" in issue.message
    assert sorted(RateCard.objects.values_list("service__code", flat=True)) == ["AIR", "GROUND"]


def test_two_cards_of_one_file_over_the_same_days_are_refused(put):
    late = GROUND.replace("2026-01-01,,", "2026-03-01,2026-05-01,")
    again = GROUND.replace("2026-01-01,,", "2026-04-01,2026-06-01,")

    batch = put(late + again)

    assert ImportIssue.objects.get(batch=batch).code == "RATE_CARD_OVERLAPS"
    assert RateCard.objects.count() == 0


def test_a_file_with_next_years_card_ends_this_years(put):
    put(GROUND + GROUND.replace("2026-01-01", "2027-01-01"))

    ranges = RateCard.objects.order_by("version").values_list("valid_from", "valid_to")
    assert list(ranges) == [
        (dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
        (dt.date(2027, 1, 1), None),
    ]


def test_undo_removes_the_card_and_lets_the_one_before_run_on(put):
    put(GROUND)
    second = put(GROUND.replace("2026-01-01", "2026-07-01"))

    undone = pipeline.undo(second.pk, actor=SYSTEM, now=NOW)

    card = RateCard.objects.get()
    assert (card.valid_from, card.valid_to) == (dt.date(2026, 1, 1), None)
    assert (undone.undo_report["removed"], undone.undo_report["restored"]) == (1, 1)
    assert RateBreak.objects.count() == 2


def test_undo_of_two_cards_in_one_file_removes_both(put):
    batch = put(GROUND + GROUND.replace("2026-01-01", "2027-01-01"))

    undone = pipeline.undo(batch.pk, actor=SYSTEM, now=NOW)

    assert undone.undo_report["removed"] == 2
    assert (RateCard.objects.count(), ShippingZone.objects.count()) == (0, 0)


def test_undo_leaves_a_card_that_a_later_one_has_ended(put):
    put(GROUND)
    second = put(GROUND.replace("2026-01-01", "2026-07-01"))
    put(GROUND.replace("2026-01-01", "2027-01-01"))

    undone = pipeline.undo(second.pk, actor=SYSTEM, now=NOW)

    assert RateCard.objects.count() == 3
    assert len(undone.undo_report["touched"]) == 2
    assert undone.undo_report["removed"] == 0


def test_after_undo_the_same_file_may_come_again(put):
    first = put(GROUND)
    pipeline.undo(first.pk, actor=SYSTEM, now=NOW)

    put(GROUND)

    assert RateCard.objects.get().valid_to is None


def test_a_card_for_one_warehouse_needs_that_warehouse(put):
    make_warehouse("RTM")

    put(GROUND.replace("2026-01-01,,,", "2026-01-01,,RTM,"))

    assert ShippingZone.objects.get().warehouse_code == "RTM"
