"""A long CSV becomes a panel without gaps, or an error that names the line."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from planning.domain import series


def file_of(folder: Path, *lines: str) -> Path:
    path = folder / "demand.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_days_add_up_to_monday_weeks_and_gaps_are_zero(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        "series,period,qty,price",
        "b,2026-03-18,2,10",  # a Wednesday
        "a,2026-03-22,1,",  # its Sunday, price not known
        "b,2026-03-16,6,14",
        "",
        "b,2026-04-06,4,9",  # three weeks later
    )

    panel = series.read_panel(path, "W")

    assert panel.names == ("a", "b")
    assert panel.periods == ("2026-03-16", "2026-03-23", "2026-03-30", "2026-04-06")
    assert panel.qty.tolist() == [[1, 0, 0, 0], [8, 0, 0, 4]]
    assert panel.price is not None
    assert panel.price[1, 0] == pytest.approx(13)  # (2 x 10 + 6 x 14) / 8
    assert np.isnan(panel.price[0]).all()
    assert panel.starts is not None
    assert panel.starts[-1] == date(2026, 4, 6)
    assert panel.season_positions(1).tolist() == [11, 12, 13, 14, 15]
    assert panel.until(2).qty.tolist() == [[1, 0], [8, 0]]
    assert panel.of(np.array([False, True])).names == ("b",)


def test_months_weeks_and_counts_are_read_and_gzip_too(tmp_path: Path) -> None:
    months = series.read_panel(
        file_of(tmp_path, "series,period,qty", "a,2025-12,3", "a,2026-02-28,1"), "M"
    )
    assert months.periods == ("2025-12", "2026-01", "2026-02")
    assert months.qty.tolist() == [[3, 0, 1]]
    assert months.season_positions().tolist() == [11, 0, 1]

    weeks = series.read_panel(file_of(tmp_path, "series,period,qty", "a,2026-W12,3"), "W")
    assert weeks.periods == ("2026-03-16",)

    packed = tmp_path / "demand.csv.gz"
    packed.write_bytes(gzip.compress(b"series,period,qty\na,w003,3\na,w001,2\na,w001,-1\n"))
    counted = series.read_panel(packed, "W")
    assert counted.periods == ("1", "2", "3")
    assert counted.starts is None
    assert counted.qty.tolist() == [[1, 0, 3]]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ([""], 0, "empty"),
        (["series,period,qty"], 0, "no rows"),
        (["series,period,qty,colour", "a,1,1,red"], 1, "colour"),
        (["series,period", "a,1"], 1, "lacks qty"),
        (["series,period,qty", "a,1,1", "a,2,many"], 3, "'many' is not a number"),
        (["series,period,qty", "a,1,1", "", "a,2,inf"], 4, "'inf' is not a number"),
        (["series,period,qty", "a,1,"], 2, "'' is not a number"),
        (["series,period,qty", "a,2026-02-31,1"], 2, "'2026-02-31' is not read"),
        (["series,period,qty", "a,2026-W54,1"], 2, "'2026-W54' is not read"),
        (["series,period,qty", "a,1,1", "a,2026-03-18,1"], 3, "one form"),
        (["series,period,qty", "a,1,5", "a,2,-1"], 3, "less than 0"),
        (["series,period,qty", ",1,5"], 2, "series is empty"),
        (["series,period,qty,price", "a,1,5,-2"], 2, "price is below 0"),
        (["series,period,qty", "a,2026-01-01,1", "a,2926-01-01,1"], 3, "check the year"),
        (["series,period,qty", "a,1,1,9"], 2, "more fields"),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line(
    tmp_path: Path, lines: list[str], line: int, words: str
) -> None:
    with pytest.raises(series.SeriesRefused) as refused:
        series.read_panel(file_of(tmp_path, *lines), "W")

    assert refused.value.data["line"] == line
    assert words in str(refused.value)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(series.SeriesRefused, match="can't be read"):
        series.read_panel(tmp_path / "none.csv", "W")
