import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def sales(path: Path, days: int = 140) -> Path:
    rows = ["series,date,qty,price"]
    for day in range(days):
        month, rest = divmod(day, 28)
        date = f"2026-{month + 1:02d}-{rest + 1:02d}"
        rows += [f"A,{date},{2 + day % 3},5.5", f"B,{date},{1 + (day * 7) % 4},12"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_command_prints_days_lost_and_cost_of_each_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sales(tmp_path / "sales.csv")

    call_command("simulate_replenishment", file, "--json", "--runs", "1", "--seed", "3")
    found = json.loads(capsys.readouterr().out)
    call_command("simulate_replenishment", file, "--runs", "1")
    lines = capsys.readouterr().out.splitlines()

    assert (found["series"], found["days"], found["seed"]) == (2, 148, 3)
    rules = [row["rule"] for row in found["policies"]]
    assert rules == ["gut_feel", "min_max", "min_max_90", "quayside"]
    assert {"days", "lost", "total", "lost_vs_gut"} <= set(found["policies"][3])
    assert [line.split()[0] for line in lines[2:6]] == rules


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "The file is empty"),
        ("series,date,qty,price\nA,2026-01-01,x,1\n", "Line 2: qty 'x' is not a number"),
        ("series,date,qty,price\nA,2026-01-01,1,1\n", "spans 1 days"),
        ("series,date,qty\nA,2026-01-01,1\nA,2026-09-01,1\n", "no column price"),
        ("series,date,qty,price,colour\nA,2026-01-01,1,1,red\n", "does not know colour"),
        ("series,date,qty,price\nA,2026-13-01,1,1\n", "Line 2: period '2026-13-01'"),
    ],
)
def test_a_file_it_cannot_use_is_named_with_line_and_way_out(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError, match=r"bad\.csv: ") as refused:
        call_command("simulate_replenishment", file)

    assert says in str(refused.value)
    assert refused.value.returncode == 2
