"""B-17: an index or rounded units, and the file of it."""

from __future__ import annotations

import csv
import io

import pytest

from planning.domain import shared_forecast


def test_b17_the_index_is_100_in_the_first_week_with_demand():
    assert shared_forecast.index_of([0, 40, 60, 10.1, 0]) == [0, 100, 150, 25, 0]
    assert shared_forecast.index_of([4000, 6000]) == shared_forecast.index_of([0.4, 0.6])
    assert shared_forecast.index_of([0, 0]) == [0, 0]


def test_b17_units_are_rounded_to_the_agreed_multiple_halves_up():
    assert shared_forecast.rounded([4.9, 5, 14.99, 15, 0], 10) == [0, 10, 10, 20, 0]
    assert shared_forecast.rounded([2.5], 1) == [3]
    with pytest.raises(ValueError, match="not of 0"):
        shared_forecast.rounded([1], 0)
    with pytest.raises(ValueError, match="off shows no figures"):
        shared_forecast.shown([1], "off", 1)


def test_b17_the_file_says_the_same_bytes_again_and_runs_no_formula():
    line = {"code": "=TEA", "supplier_code": "", "name": "Tea, green", "values": [100, 90]}
    content = {"way": "index", "weeks": ["2026-06-29", "2026-07-06"], "lines": [line]}

    found = shared_forecast.file_of(content)

    assert found == shared_forecast.file_of(content)
    rows = list(csv.reader(io.StringIO(found.decode("utf-8-sig"))))
    assert rows == [
        ["code", "your_code", "name", "shown_as", "2026-06-29", "2026-07-06"],
        ["'=TEA", "", "Tea, green", "index", "100", "90"],
    ]
