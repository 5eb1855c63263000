"""Tests say what holds, look at something, and are never skipped."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.helpers.sources import PROJECT, name_of, python_files, tree_of

CHECKING = (
    "assert",
    "django_assert",
    "raises",
    "expect",
    "check",
    "run_state_machine",
    "query_baseline",
    "warns",
)
ONE_SKIP = "not run: no ../shared/data"


def calls_in(node: ast.AST) -> set[str]:
    """Return the names that a test calls."""
    found = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            function = call.func
            found.add(
                function.attr
                if isinstance(function, ast.Attribute)
                else getattr(function, "id", "")
            )
    return found


def looks(function: ast.FunctionDef) -> bool:
    """Return whether a function asserts something itself."""
    asserts = any(isinstance(part, ast.Assert) for part in ast.walk(function))
    return asserts or any(name.startswith(CHECKING) for name in calls_in(function))


def blind_tests(path: Path) -> list[str]:
    """Return tests that look at nothing, neither themselves nor through a helper beside them."""
    functions = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]
    helpers = {each.name for each in functions if looks(each)}
    return [
        f"{name_of(path)}:{each.lineno} {each.name}"
        for each in functions
        if each.name.startswith("test_") and not looks(each) and not calls_in(each) & helpers
    ]


def is_pytest_skip(called: ast.expr) -> bool:
    """Say whether this is `pytest.skip` or `pytest.mark.skip`; a subscription has a skip too."""
    return ast.unparse(called) in {"pytest.skip", "pytest.mark.skip"}


def skips(path: Path) -> list[str]:
    """Return skips and expected failures other than the one for missing shared data."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr in {"skipif", "xfail", "importorskip"}:
            found.append(f"{name_of(path)}:{node.lineno} {node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module == "pytest":
            found.append(f"{name_of(path)}:{node.lineno} import")
        if isinstance(node, ast.Call) and is_pytest_skip(node.func):
            reason = node.args[0] if node.args else None
            if not (isinstance(reason, ast.Constant) and reason.value == ONE_SKIP):
                found.append(f"{name_of(path)}:{node.lineno} skip")
    return found


def patched_own_code(path: Path) -> list[str]:
    """Return uses of mock: our own code is tested as it is."""
    return [
        f"{name_of(path)}:{node.lineno}"
        for node in ast.walk(tree_of(path))
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "unittest"
            and any(alias.name == "mock" for alias in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and node.module == "unittest.mock")
    ]


def test_every_test_looks_at_something():
    assert [line for path in python_files("tests") for line in blind_tests(path)] == []


def test_nothing_is_skipped_but_missing_shared_data():
    assert [line for path in python_files("tests") for line in skips(path)] == []


def test_our_own_code_is_never_mocked():
    assert [line for path in python_files("tests") for line in patched_own_code(path)] == []


def test_every_folder_of_tests_is_a_package():
    folders = {path.parent for path in (PROJECT / "tests").rglob("test_*.py")}

    assert sorted(name_of(each) for each in folders if not (each / "__init__.py").exists()) == []


@pytest.mark.parametrize(
    ("check", "sample"),
    [
        (blind_tests, "def test_a_wave_is_released():\n    release()\n"),
        (skips, "import pytest\n\ndef test_x():\n    pytest.skip('slow')\n"),
        (skips, "import pytest\n\n@pytest.mark.xfail\ndef test_x():\n    assert 0\n"),
        (patched_own_code, "from unittest import mock\n"),
        (patched_own_code, "from unittest.mock import patch\n"),
    ],
)
def test_a_violation_is_found(tmp_path: Path, check, sample: str):
    path = tmp_path / "test_sample.py"
    path.write_text(sample)

    assert len(check(path)) == 1
