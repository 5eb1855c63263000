"""SSCC: eighteen digits with a check digit."""

from __future__ import annotations

import pytest

from core.gs1 import check_digit_holds, sscc
from core.scanning import parse_scan


def test_a_30_an_sscc_has_prefix_serial_and_check_digit():
    assert sscc("9521234", 1) == "095212340000000013"
    assert sscc("952123456", 7654321) == "095212345676543215"
    assert check_digit_holds(sscc("9521234567", 42))


def test_an_sscc_is_read_back_by_a_scanner():
    code = sscc("9521234", 12345)

    assert parse_scan(f"]C100{code}").get("00") == code


@pytest.mark.parametrize(
    ("prefix", "serial"),
    [("", 1), ("952123", 1), ("95212345678", 1), ("95212A4", 1), ("9521234567", 10**6)],
)
def test_a_prefix_or_serial_that_does_not_fit_is_refused(prefix, serial):
    with pytest.raises(ValueError, match="prefix"):
        sscc(prefix, serial)
