"""The command says what it found, or names the line that stops it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from planning.domain import purchases

HEAD = "customer,date,value\n"


def printed(path, *arguments) -> str:
    out = StringIO()
    call_command("fit_repurchase", str(path), *arguments, stdout=out)
    return out.getvalue()


def test_days_are_merged_refund_days_left_out_and_the_second_half_judged(tmp_path):
    file = tmp_path / "shop.csv"
    file.write_text(
        HEAD
        + "ann,2026-01-01,10\nann,2026-01-01 18:30,5\nann,20260110,20\nben,2026-01-05,7\n"
        + "ben,2026-01-08,-7\nann,2026-01-18,4\ncal,2026-01-20,9\n"
    )

    found = json.loads(printed(file, "--json", "--seed", "3"))

    # 20 days, the last ten judged: ann came again on the 18th, cal was not known before.
    assert found["cut"] == "2026-01-10"
    assert found["customers"] == 2
    assert found["individual"] is False
    assert found["holdout"]["weeks"] == pytest.approx(10 / 7)
    assert found["holdout"]["actual"] == 1
    assert found["spend"] is None
    assert set(found["bg_nbd"]) == {"r", "alpha", "a", "b", "log_likelihood", "at_bound"}
    known = purchases.read_purchases(file)
    assert known.names == ("ann", "ben", "cal")
    assert known.value.tolist() == [15, 20, 4, 7, 9]
    seen = purchases.cut_at(known, purchases.middle_cut(known))
    assert seen.histories.repeats.tolist() == [1, 0]
    assert seen.histories.last.tolist() == [9 / 7, 0]
    assert seen.histories.age.tolist() == [9 / 7, 5 / 7]
    assert seen.mean_value.tolist() == [20, 0]
    text = printed(file, "--cut", "2026-01-20")
    assert "customers 3" in text
    assert "holdout" not in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "The file is empty"),
        (HEAD, "no rows below its header"),
        ("client,date,value\na,2026-01-01,1\n", "Line 1: header lacks customer and does not know"),
        (HEAD + "a,2026-01-01,1\n\nb,31.02.2026,1\n", "Line 4: date '31.02.2026' is not a day"),
        (HEAD + "a,2026-02-31,1\n", "Line 2: date '2026-02-31'"),
        (HEAD + "a,2026-01-01,ten\n", "Line 2: value is not a number"),
        (HEAD + ",2026-01-01,1\n", "Line 2: customer is empty"),
        (HEAD + "a,2026-01-01,1,7\na,2026-01-01,1,7,8\n", "Line 3: has more fields"),
        (HEAD + "x,a,2026-01-01,1\n", "Line 2: has more fields"),
        (HEAD + "a,2026-01-01,-1\n", "No day has a value of 0 or more"),
    ],
)
def test_a_file_that_can_t_be_read_is_named_with_its_line(tmp_path, content, reason):
    file = tmp_path / "shop.csv"
    file.write_text(content)

    with pytest.raises(CommandError) as refused:
        printed(file)

    assert reason in str(refused.value)
    assert refused.value.returncode == 2


def test_a_missing_file_and_a_cut_before_the_first_purchase_are_named(tmp_path):
    with pytest.raises(CommandError, match="can't be read: No such file"):
        printed(tmp_path / "none.csv")
    file = tmp_path / "shop.csv"
    file.write_text(HEAD + "a,2026-01-01,1\n")
    with pytest.raises(CommandError, match="TOO_FEW_CUSTOMERS"):
        printed(file, "--cut", "2025-01-01")
    with pytest.raises(CommandError, match="three names"):
        printed(file, "--columns", "a,b")
