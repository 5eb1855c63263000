"""`manage.py backtest_demand FILE` prints the figures, or one line that says what to do."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def demand_file(folder: Path) -> Path:
    units = np.random.default_rng(5).poisson(6.0, (12, 30))
    rows = [
        f"s{row},{period},{qty}"
        for row, line in enumerate(units)
        for period, qty in enumerate(line)
    ]
    path = folder / "demand.csv"
    path.write_text("\n".join(["series,period,qty", *rows]))
    return path


def test_the_figures_are_printed_in_their_order_and_as_json(tmp_path: Path) -> None:
    path = demand_file(tmp_path)
    lines, whole, bar = StringIO(), StringIO(), StringIO()

    call_command("backtest_demand", path, "--origins", "20-26", stdout=lines, stderr=bar)
    call_command(
        "backtest_demand", path, "--origins", "20", "22", "--json", stdout=whole, stderr=StringIO()
    )

    assert [line.split()[0] for line in lines.getvalue().splitlines()] == [
        "wmape_week", "wmape_4week", "ratio_ma8_week", "ratio_ma8_4week", "bias",
        "coverage_90", "coverage_95", "pinball", "seconds",
    ]  # fmt: skip
    assert "6/6" in bar.getvalue()
    found = json.loads(whole.getvalue())
    assert found["origins"] == [20, 22]
    assert found["series"] == 12
    assert found["forecasts"] == 24
    assert sum(one["series"] for one in found["classes"].values()) == 12


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--origins", "20-99"], "origin [27] is not between 9 and 26"),
        (["--origins", "later"], "'later' is not understood"),
        (["--origins", "90"], "between 1 and 18 fit this file"),
        (["--horizon", "0"], "--horizon lies between 1 and 26"),
        (["--horizon", "25"], "30 periods are too few"),
        (["--freq", "M", "--top", "-3"], "--top lies between"),
    ],
)
def test_options_that_leave_nothing_to_measure_say_so(
    tmp_path: Path, options: list[str], words: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("backtest_demand", demand_file(tmp_path), *options, stderr=StringIO())

    assert words in str(refused.value)
    assert refused.value.returncode == 2


def test_a_bad_number_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "demand.csv"
    path.write_text("series,period,qty\na,1,1\na,2,few\n")
    with pytest.raises(CommandError, match=r"demand.csv: Line 3: qty 'few' is not a number"):
        call_command("backtest_demand", path, stderr=StringIO())
