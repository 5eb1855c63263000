"""Types are strict where decisions are made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.helpers.sources import PROJECT

SAMPLE = """
def shortfall(wanted_qty, on_hand_qty):
    return wanted_qty - on_hand_qty

def label(order_id: int) -> str:
    return order_id
"""


def check_types(path: Path) -> subprocess.CompletedProcess[str]:
    """Run mypy with the settings of the project on one file."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            str(PROJECT / "pyproject.toml"),
            "--cache-dir",
            str(PROJECT / ".mypy_cache" / "samples"),
            str(path),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_function_without_types_and_a_wrong_type_are_found(tmp_path: Path):
    sample = tmp_path / "picking_sample.py"
    sample.write_text(SAMPLE)

    checked = check_types(sample)

    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert "[no-untyped-def]" in checked.stdout
    assert "[return-value]" in checked.stdout
