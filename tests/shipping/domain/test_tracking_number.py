import pytest
from hypothesis import given, strategies

from shipping.domain.tracking_number import (
    check_digit,
    grouped,
    is_tracking_number,
    tracking_number,
)

digit_strings = strategies.text("0123456789", min_size=2, max_size=17)


def test_the_worked_example_of_the_method_holds():
    assert check_digit("572") == "4"
    assert check_digit("5724") == "0"


@given(digit_strings, strategies.data())
def test_every_single_wrong_digit_is_found(digits, data):
    whole = digits + check_digit(digits)
    position = data.draw(strategies.integers(0, len(whole) - 1))
    other = data.draw(strategies.sampled_from("0123456789").filter(lambda d: d != whole[position]))

    assert check_digit(whole[:position] + other + whole[position + 1 :]) != "0"


@given(digit_strings)
def test_every_swap_of_neighbours_is_found(digits):
    whole = digits + check_digit(digits)
    for position in range(len(whole) - 1):
        first, second = whole[position], whole[position + 1]
        swapped = whole[:position] + second + first + whole[position + 2 :]
        assert first == second or check_digit(swapped) != "0"


def test_a_reference_always_gives_the_same_number():
    number = tracking_number("parcel:17:1")

    assert number == tracking_number("parcel:17:1") == "QS" + number[2:]
    assert len(number) == 20
    assert is_tracking_number(number)


def test_a_hundred_thousand_references_give_as_many_numbers():
    assert len({tracking_number(f"parcel:{n}:1") for n in range(100_000)}) == 100_000


@pytest.mark.parametrize("text", ["", "QS", "QS12", "XX123456789012345678", "QS12345678901234567x"])
def test_other_texts_are_no_tracking_numbers(text):
    assert not is_tracking_number(text)


def test_people_read_groups_of_four():
    assert grouped("QS850280553944614443") == "QS85 0280 5539 4461 4443"
