"""Cells of exports: no text becomes a formula, numbers stay numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables.cells import TRIGGERS, csv_text, neutral, typed, unguarded


@pytest.mark.parametrize(
    "text", ["=1+1", "+49", "-x", "@SUM", "\t=1", "\r", "\n", "\uff1d1", "  =cmd|' /C calc'!A0"]
)
def test_rel_h_03_every_trigger_gets_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@given(st.text(max_size=30))
def test_rel_h_03_nothing_written_begins_with_a_trigger_and_all_comes_back(text):
    written = neutral(text)

    assert written[:1] not in TRIGGERS
    assert unguarded(written) == text or text.startswith("'")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (-5, "-5"),
        (Decimal("-1234567.80"), "-1234567.80"),
        (Decimal("1E+3"), "1000"),
        (True, "yes"),
        (dt.date(2026, 4, 21), "2026-04-21"),
        (dt.datetime(2026, 4, 21, 9, 0, tzinfo=dt.UTC), "2026-04-21T09:00:00Z"),
        (["b", "=a"], "b, =a"),
    ],
)
def test_csv_uses_dots_iso_dates_and_no_grouping(value, expected):
    assert csv_text(value) == expected


def test_negative_numbers_stay_numbers_in_a_workbook():
    assert typed(-5) == -5
    assert typed(Decimal("-1.5")) == Decimal("-1.5")
