from decimal import Decimal

import pytest

from shipping.domain.rating import (
    Destination,
    RateOption,
    RateTable,
    ZonePrice,
    billable_g,
    plain_postcode,
)

FLAT = RateOption("STANDARD", Decimal("12.00"), "USD", 3, 7)
PRICES = ((500, Decimal("4.00")), (2_000, Decimal("6.50")))


def price(code="GROUND", breaks=PRICES, **more):
    return ZonePrice(code, "EUR", 2, 3, breaks, **more)


def table(prices, flat=FLAT):
    return RateTable(prices=prices, flat=flat)


def costs(options):
    return {option.service_code: option.cost for option in options}


@pytest.mark.parametrize(
    ("weight_g", "expected"), [(1, "4.00"), (500, "4.00"), (501, "6.50"), (2_000, "6.50")]
)
def test_a_weight_pays_the_first_break_that_holds_it(weight_g, expected):
    rates = table({Destination("RTM", "DE"): [price()]})

    options = rates.options("RTM", "DE", "10997", weight_g)

    assert options == (RateOption("GROUND", Decimal(expected), "EUR", 2, 3),)


def test_each_started_kilogram_above_the_last_break_adds():
    rates = table({Destination("RTM", "DE"): [price(per_extra_kg=Decimal("1.50"))]})

    # 3 200 g are 1 200 g over: two started kilograms, 6.50 + 2 x 1.50.
    assert costs(rates.options("RTM", "DE", "", 3_200)) == {"GROUND": Decimal("9.50")}


def test_a_parcel_too_heavy_for_every_card_gets_the_flat_service():
    rates = table({Destination("RTM", "DE"): [price()]})

    assert rates.options("RTM", "DE", "", 2_001) == (FLAT,)
    assert rates.is_flat("RTM", "DE", "", 2_001)


def test_a_destination_without_rate_card_gets_the_flat_service():
    rates = table({Destination("RTM", "DE"): [price()]})

    assert rates.options("RTM", "FR", "75001", 100) == (FLAT,)
    assert rates.is_flat("RTM", "FR", "75001", 100)
    assert not rates.is_flat("RTM", "DE", "10997", 100)


def test_without_card_and_without_flat_service_there_is_no_offer():
    assert table({}, flat=None).options("RTM", "FR", "75001", 100) == ()


def test_the_rest_of_the_world_prices_a_country_without_zone_of_its_own():
    rates = table(
        {
            Destination("RTM", "*"): [price(breaks=((30_000, Decimal("30")),))],
            Destination("RTM", "DE"): [price()],
        }
    )

    assert costs(rates.options("RTM", "JP", "", 100)) == {"GROUND": Decimal("30")}
    assert costs(rates.options("RTM", "DE", "", 100)) == {"GROUND": Decimal("4.00")}


def test_a_longer_postcode_prefix_beats_a_shorter_one():
    dear, near = ((9_000, Decimal("9")),), ((9_000, Decimal("2")),)
    rates = table(
        {
            Destination("LAX", "US"): [price()],
            Destination("LAX", "US", "9"): [price(breaks=dear)],
            Destination("LAX", "US", "900"): [price(breaks=near)],
        }
    )

    assert costs(rates.options("LAX", "US", "90012", 100)) == {"GROUND": Decimal("2")}
    assert costs(rates.options("LAX", "US", "94103", 100)) == {"GROUND": Decimal("9")}
    assert costs(rates.options("LAX", "US", "10001", 100)) == {"GROUND": Decimal("4.00")}


def test_a_service_keeps_its_shorter_prefix_where_another_has_a_longer_one():
    rates = table(
        {
            Destination("LAX", "US", "9"): [price("AIR")],
            Destination("LAX", "US", "900"): [price("GROUND")],
        }
    )

    assert set(costs(rates.options("LAX", "US", "900-12", 100))) == {"AIR", "GROUND"}


def test_a_card_of_the_warehouse_beats_one_of_any_warehouse():
    rates = table(
        {
            Destination("", "DE"): [price(breaks=((9_000, Decimal("8")),))],
            Destination("RTM", "DE"): [price()],
        }
    )

    assert costs(rates.options("RTM", "DE", "", 100)) == {"GROUND": Decimal("4.00")}
    assert costs(rates.options("SZX", "DE", "", 100)) == {"GROUND": Decimal("8")}


def test_a_bulky_parcel_pays_for_its_volume():
    rates = table({Destination("RTM", "DE"): [price(volume_divisor=5_000)]})

    # 240 x 180 x 120 mm at 5 000 cm3/kg is 1 037 g: the 2 000 g break.
    assert costs(rates.options("RTM", "DE", "", 300, (240, 180, 120))) == {
        "GROUND": Decimal("6.50")
    }
    assert costs(rates.options("RTM", "DE", "", 300, (100, 100, 100))) == {
        "GROUND": Decimal("4.00")
    }
    assert billable_g(300, 240 * 180 * 120, 5_000) == 1_037


def test_services_differ_in_their_divisors():
    rates = table(
        {
            Destination("RTM", "DE"): [
                price("AIR", volume_divisor=5_000),
                price("GROUND", volume_divisor=0),
            ]
        }
    )

    assert costs(rates.options("RTM", "DE", "", 300, (240, 180, 120))) == {
        "AIR": Decimal("6.50"),
        "GROUND": Decimal("4.00"),
    }


def test_postcodes_compare_without_blanks_and_in_capitals():
    assert plain_postcode("sw1a 2aa") == "SW1A2AA"


def test_the_router_gets_every_service_for_every_lane_and_weight():
    prices = {}
    for country in ("DE", "FR", "GB", "US", "JP", "*"):
        for code in ("AIR", "EXPRESS", "GROUND"):
            zone = tuple((weight, Decimal(weight) / 100) for weight in range(250, 5_000, 250))
            prices.setdefault(Destination("", country), []).append(price(code, breaks=zone))
    rates = table(prices)
    asked = [
        (warehouse, country, "10997", weight)
        for warehouse in ("RTM", "SZX", "LAX", "NRT")
        for country in ("DE", "FR", "GB", "US", "JP", "BR")
        for weight in range(100, 4_600, 9)
    ]

    answers = [rates.options(*question) for question in asked]

    assert all(len(options) == 3 for options in answers)
