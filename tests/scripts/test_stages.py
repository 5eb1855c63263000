"""The closing line of `make test` counts what really ran."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts import environment, stages

REPORT = """<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1">
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><skipped message="not run: no ../shared/data"/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path: Path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    tally = stages.Tally("tests")

    stages.count(report, tally)

    assert (tally.passed, tally.failed, tally.skipped) == (2, 2, 1)
    assert tally.reasons == ["not run: no ../shared/data"]


def test_programs_pass_or_fail_one_by_one():
    tally = stages.Tally("lint")

    stages.commands([sys.executable, "-c", ""], [sys.executable, "-c", "raise SystemExit(3)"])(
        tally
    )

    assert (tally.passed, tally.failed) == (1, 1)


def lacking(_tally: stages.Tally) -> None:
    raise environment.CannotPrepare("No Chromium.")


@pytest.mark.parametrize(("ci", "failed", "skipped"), [("true", 1, 0), ("", 0, 1)])
def test_what_cannot_run_is_skipped_at_home_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, failed: int, skipped: int
):
    monkeypatch.setenv("CI", ci)

    tally = stages.Stages().run("journeys", lacking)

    assert (tally.failed, tally.skipped) == (failed, skipped)
    assert tally.reasons == ["not run: No Chromium."]


def test_the_last_line_sums_up_every_stage(capsys: pytest.CaptureFixture[str]):
    run = stages.Stages()
    run.tallies = [stages.Tally("a", passed=3), stages.Tally("b", passed=4, failed=1, skipped=2)]

    succeeded = run.summary()

    assert not succeeded
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed, 2 skipped"
