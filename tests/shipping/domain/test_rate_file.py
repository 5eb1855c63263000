import datetime as dt
from decimal import Decimal

import pytest

from shipping.domain.rate_file import read_cards

GOOD = {
    "service": "GROUND",
    "currency": "EUR",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "warehouse": "",
    "zone": "EU1",
    "countries": "DE AT; be:4",
    "transit_lo_days": "2",
    "transit_hi_days": "3",
    "max_weight_g": "500",
    "amount": "4.20",
    "per_extra_kg": "",
}


def read(*rows):
    return read_cards(enumerate(rows, start=2))


def test_rows_of_a_zone_become_its_breaks_and_places():
    cards, faults = read(
        GOOD,
        GOOD | {"max_weight_g": "2000", "amount": "6.5"},
        GOOD | {"max_weight_g": "", "amount": "", "per_extra_kg": "1.50"},
    )

    assert faults == []
    zone = cards[0].zones[("", "EU1")]
    assert (cards[0].service_code, cards[0].valid_from) == ("GROUND", dt.date(2026, 1, 1))
    assert list(zone.places) == [("DE", ""), ("AT", ""), ("BE", "4")]
    assert zone.breaks == {500: Decimal("4.20"), 2000: Decimal("6.5")}
    assert (zone.transit, zone.per_extra_kg) == ((2, 3), Decimal("1.50"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("service", ""),
        ("service", "x" * 33),
        ("currency", "EURO"),
        ("valid_from", "01/02/2026"),
        ("valid_to", "soon"),
        ("valid_to", "2025-12-31"),
        ("zone", ""),
        ("countries", ""),
        ("countries", "Germany"),
        ("countries", "DE:%"),
        ("transit_lo_days", "-1"),
        ("transit_lo_days", "٣"),
        ("transit_hi_days", "1"),
        ("transit_hi_days", "366"),
        ("max_weight_g", "0"),
        ("max_weight_g", "1.5"),
        ("max_weight_g", "99999999999999999999"),
        ("amount", ""),
        ("amount", "NaN"),
        ("amount", "-1"),
        ("amount", "1e30"),
        ("amount", "1.00001"),
        ("amount", "=1+1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_its_line(name, value):
    _cards, faults = read(GOOD, GOOD | {name: value, "max_weight_g": "700"} | {name: value})

    assert {(fault.line, fault.field) for fault in faults} == {(3, name)}
    assert faults[0].value == value[:80]
    assert faults[0].fix


def test_all_faults_of_a_file_are_reported_at_once():
    _cards, faults = read(GOOD | {"currency": "", "amount": "x"}, GOOD | {"zone": ""})

    assert [(fault.line, fault.field) for fault in faults] == [
        (2, "currency"),
        (2, "amount"),
        (3, "zone"),
    ]


def test_a_weight_twice_in_one_zone_is_a_fault():
    _cards, faults = read(GOOD, GOOD | {"amount": "5"})

    assert [(fault.line, fault.field) for fault in faults] == [(3, "max_weight_g")]


def test_a_place_in_two_zones_is_a_fault():
    _cards, faults = read(GOOD, GOOD | {"zone": "EU2", "countries": "DE"})

    assert [(fault.field, fault.value) for fault in faults] == [("countries", "DE:")]


def test_a_zone_without_any_weight_is_a_fault():
    _cards, faults = read(GOOD | {"max_weight_g": "", "amount": "", "per_extra_kg": "2"})

    assert [(fault.field, fault.value) for fault in faults] == [("max_weight_g", "EU1")]


def test_a_file_without_rows_is_a_fault():
    assert [fault.field for fault in read()[1]] == ["service"]
