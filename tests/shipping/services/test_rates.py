import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import AuditEntry
from shipping import queries
from shipping.models import RateBreak, RateCard
from shipping.services import rates
from tests.factories.shipping import NOW, make_service

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 4, 22)
HEADER = (
    "service,currency,valid_from,valid_to,warehouse,zone,countries,transit_lo_days,"
    "transit_hi_days,max_weight_g,amount,per_extra_kg\n"
)
CARD = (
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,500,4.20,\n"
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,2000,6.50,\n"
    "GROUND,EUR,2026-01-01,,,NEAR,DE NL,1,2,,,1.50\n"
    "GROUND,EUR,2026-01-01,,,FAR,*,4,9,2000,19.00,\n"
)


@pytest.fixture(autouse=True)
def ground():
    return make_service("GROUND")


def put(text, **more):
    data = (HEADER + text).encode(**more)
    return rates.import_rates(data, source_name="rates.csv", actor=SYSTEM, at=NOW)


def cost(country, weight_g, on=DAY):
    [option] = queries.rate_snapshot(on).options("RTM", country, "", weight_g)
    return option.cost


def test_a_file_becomes_a_card_that_prices_parcels():
    outcome = put(CARD)

    assert (len(outcome.cards), outcome.unchanged) == (1, 0)
    assert outcome.cards[0].version == 1
    assert cost("DE", 501) == Decimal("6.50")
    assert cost("NL", 2_001) == Decimal("8.00")
    assert cost("JP", 100) == Decimal("19.00")
    assert AuditEntry.objects.filter(action="shipping.rate_card_imported").count() == 1


def test_the_same_file_again_changes_nothing():
    put(CARD)

    outcome = put(CARD)

    assert (outcome.cards, outcome.unchanged) == ((), 1)
    assert RateCard.objects.count() == 1


def test_a_later_card_ends_the_one_before_on_its_first_day():
    put(CARD)
    put(CARD.replace("2026-01-01", "2026-07-01").replace("4.20", "4.90"))

    first, second = RateCard.objects.order_by("version")
    assert (first.valid_to, second.valid_from) == (dt.date(2026, 7, 1), dt.date(2026, 7, 1))
    assert cost("DE", 100, on=dt.date(2026, 6, 30)) == Decimal("4.20")
    assert cost("DE", 100, on=dt.date(2026, 7, 1)) == Decimal("4.90")


def test_a_card_that_overlaps_is_refused_and_nothing_is_written():
    put(CARD)

    with pytest.raises(rates.RateCardOverlaps) as caught:
        put(CARD.replace("2026-01-01,,", "2025-06-01,2026-02-01,"))

    assert caught.value.data["version"] == 1
    assert RateCard.objects.count() == 1


def test_a_card_before_all_others_fits_when_it_ends_in_time():
    put(CARD)

    put(CARD.replace("2026-01-01,,", "2025-01-01,2026-01-01,"))

    ranges = RateCard.objects.order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(ranges) == [
        (dt.date(2025, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(2026, 1, 1), None),
    ]


def test_faults_are_named_and_nothing_is_written():
    with pytest.raises(rates.RateFileRefused) as caught:
        put(CARD + "GROUND,EUR,2026-01-01,,,NEAR,DE,1,2,abc,4.20,\n")

    assert [(f.line, f.field, f.value) for f in caught.value.faults] == [(6, "max_weight_g", "abc")]
    assert RateCard.objects.count() == RateBreak.objects.count() == 0


def test_unknown_services_and_warehouses_are_named():
    with pytest.raises(rates.RateFileRefused) as caught:
        put("PIGEON,EUR,2026-01-01,,ATLANTIS,Z,DE,1,2,500,4.20,\n")

    assert [(f.field, f.value) for f in caught.value.faults] == [
        ("service", "PIGEON"),
        ("warehouse", "ATLANTIS"),
    ]


def test_a_file_without_the_columns_is_refused():
    with pytest.raises(rates.RateFileRefused) as caught:
        rates.import_rates(b"a,b\n1,2\n", source_name="x", actor=SYSTEM, at=NOW)

    assert caught.value.faults[0].field == "service"


def test_semicolons_and_gb18030_are_read():
    text = (HEADER + CARD).replace("NEAR", "近区").replace(",", ";")

    rates.import_rates(text.encode("gb18030"), source_name="费率.csv", actor=SYSTEM, at=NOW)

    assert cost("DE", 100) == Decimal("4.20")


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00\x01\x81", b"x" * 5_000_001, b"", b'"' + b"a" * 200_000]
)
def test_a_file_that_is_no_text_or_too_large_is_refused(data):
    with pytest.raises(rates.RateFileRefused):
        rates.import_rates(data, source_name="x", actor=SYSTEM, at=NOW)

    assert RateCard.objects.count() == 0


def test_without_a_card_the_flat_service_is_offered_at_the_price_of_the_setting():
    [option] = queries.rate_snapshot(DAY).options("RTM", "DE", "10997", 700)

    assert option == ("STANDARD", Decimal("12.00"), "USD", 3, 7)


def test_an_inactive_service_is_not_offered(ground):
    put(CARD)
    ground.is_active = False
    ground.save()

    [option] = queries.rate_snapshot(DAY).options("RTM", "DE", "", 100)

    assert option.service_code == "STANDARD"


def test_a_snapshot_takes_the_same_statements_for_any_number_of_cards():
    def statements():
        with CaptureQueriesContext(connection) as asked:
            queries.rate_snapshot(DAY)
        return len([q for q in asked if "core_setting" not in q["sql"]])

    put(CARD)
    few = statements()
    for code in ("AIR", "SEA", "EXPRESS"):
        make_service(code)
        put(CARD.replace("GROUND", code))

    assert statements() == few == 5


def test_the_database_keeps_one_open_ended_card_per_service(ground):
    put(CARD)
    card = RateCard.objects.get()
    card.pk, card.version, card.valid_from = None, 2, dt.date(2027, 1, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        card.save(force_insert=True)
