"""Imports go downwards only; each contract is seen to fail on a violation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.sources import APPS, PROJECT


def check_contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder with the contracts of the project."""
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--config", PROJECT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def small_tree(folder: Path) -> Path:
    """Write packages of the product's names with nothing inside."""
    for app in APPS:
        (folder / app).mkdir()
        (folder / app / "__init__.py").touch()
        for inner in ("domain", "services", "views"):
            (folder / app / inner).mkdir()
            (folder / app / inner / "__init__.py").touch()
    return folder


def test_the_product_keeps_every_import_contract():
    checked = check_contracts(PROJECT)

    assert checked.returncode == 0, checked.stdout
    assert "4 kept, 0 broken" in checked.stdout


def test_an_empty_tree_keeps_every_contract(tmp_path: Path):
    checked = check_contracts(small_tree(tmp_path))

    assert "4 kept, 0 broken" in checked.stdout, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("orders/views", "import orders.services"),
        ("orders/views", "import core.views"),
        ("fulfillment/services", "import orders.services"),
        ("config", "import orders.views"),
        ("orders/domain", "import decimal"),
    ],
)
def test_a_fitting_import_keeps_every_contract(tmp_path: Path, module: str, line: str):
    small_tree(tmp_path)
    (tmp_path / module / "__init__.py").write_text(line + "\n")

    checked = check_contracts(tmp_path)

    assert "4 kept, 0 broken" in checked.stdout, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("inventory/services", "import orders", "Apps depend downwards only"),
        ("core/services", "import inventory", "Apps depend downwards only"),
        ("fulfillment/services", "import returns", "Apps depend downwards only"),
        ("orders/services", "import orders.views", "Inside an app"),
        ("orders/domain", "import orders.services", "Inside an app"),
        ("orders/domain", "import django.db", "Domain algorithms stay pure"),
        ("shipping/domain", "import httpx", "Domain algorithms stay pure"),
        (
            "fulfillment/services",
            "import orders.views",
            "Nobody imports another app's interface",
        ),
    ],
)
def test_a_forbidden_import_breaks_its_contract(
    tmp_path: Path, module: str, line: str, contract: str
):
    small_tree(tmp_path)
    (tmp_path / module / "__init__.py").write_text(line + "\n")

    checked = check_contracts(tmp_path)

    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert f"{contract} BROKEN" in checked.stdout
