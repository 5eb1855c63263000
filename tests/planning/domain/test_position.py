import pytest

from planning.domain.position import (
    Arrival,
    ArrivalKind,
    Picture,
    cover_days,
    is_covered,
    near_position,
    net_need,
    position,
    runs_out_in,
)

TRANSIT, APPROVED = ArrivalKind.IN_TRANSIT, ArrivalKind.APPROVED


def test_x25_every_kind_on_order_counts_once_and_a_second_run_needs_nothing() -> None:
    known = (
        Arrival(TRANSIT, 20, 5),
        Arrival(TRANSIT, 15, 60),
        Arrival(APPROVED, 10, None),
        Arrival(ArrivalKind.PENDING, 6, None),
        Arrival(ArrivalKind.DRAFT, 4, 90),
    )
    picture = Picture(on_hand=50, held=5, reserved=8, buffer=3, backordered=2, arrivals=known)

    first = net_need(118.0, picture, horizon_days=42)

    # 50 - 5 - 8 - 2 = 35 usable; 15 in transit come after the horizon; 35 + 20 + 10 + 6 + 4 = 75.
    assert picture.sellable == 34
    assert first.terms() == {
        "wanted": 118.0,
        "usable": 35,
        "in_transit": 20,
        "approved": 10,
        "pending": 6,
        "draft": 4,
        "position": 75,
        "need": 43,
    }
    drafted = Picture(
        **{
            **{name: getattr(picture, name) for name in ("on_hand", "held", "reserved")},
            "backordered": 2,
            "arrivals": (*known, Arrival(ArrivalKind.DRAFT, 43)),
        }
    )
    assert net_need(118.0, drafted, horizon_days=42).qty == 0


def test_positions_near_and_far_differ_by_the_day_of_arrival() -> None:
    picture = Picture(on_hand=30, arrivals=(Arrival(TRANSIT, 12, 10), Arrival(APPROVED, 50, 30)))

    assert position(picture).qty == 92
    assert near_position(picture, 15) == 42
    assert near_position(picture, 9) == 30


def test_b12_days_of_cover() -> None:
    assert cover_days(45, 3.0) == 15.0
    assert cover_days(-4, 3.0) == 0.0
    assert cover_days(45, 0.0) is None
    with pytest.raises(ValueError, match="negative"):
        cover_days(45, -1.0)


@pytest.mark.parametrize(
    ("arrivals", "covered"),
    [
        ((Arrival(TRANSIT, 300, 9),), True),
        ((Arrival(TRANSIT, 300, 11),), False),
        ((Arrival(ArrivalKind.PENDING, 300, 5),), False),
        ((Arrival(TRANSIT, 20, 9),), False),  # lands in time, lasts 2 days
        ((), False),
    ],
)
def test_b12_red_but_covered_when_a_confirmed_arrival_lands_before_zero(
    arrivals: tuple[Arrival, ...], covered: bool
) -> None:
    assert is_covered(Picture(on_hand=100, arrivals=arrivals), 10.0) is covered


def test_the_day_stock_ends_counts_only_confirmed_arrivals() -> None:
    assert runs_out_in(Picture(on_hand=100), 10.0, 90) == 10
    later = Picture(on_hand=100, arrivals=(Arrival(TRANSIT, 50, 8), Arrival(APPROVED, 30, None)))
    assert runs_out_in(later, 10.0, 90) == 15
    assert runs_out_in(later, 10.0, 15) is None
