"""Nothing grows past what one reader holds in mind."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.helpers.sources import name_of, python_files, template_files, tree_of

MOST_FUNCTION_LINES = 70
MOST_FILE_LINES = 500
MOST_TEST_FILE_LINES = 600
MOST_TEMPLATE_LINES = 400


def long_functions(path: Path) -> list[str]:
    """Return the functions of a module that are too long."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_FUNCTION_LINES:
                found.append(f"{name_of(path)}:{node.lineno} {node.name}: {lines} lines")
    return found


def long_files(path: Path, most: int) -> list[str]:
    """Return the file when it is too long."""
    lines = len(path.read_text(encoding="utf-8").splitlines())
    return [f"{name_of(path)}: {lines} lines"] if lines > most else []


def most_lines(path: Path) -> int:
    """Return how long a module may be."""
    return MOST_TEST_FILE_LINES if "tests" in path.parts else MOST_FILE_LINES


def test_no_function_is_longer_than_70_lines():
    assert [found for path in python_files() for found in long_functions(path)] == []


def test_no_module_is_longer_than_500_lines_and_no_test_module_than_600():
    found = [line for path in python_files() for line in long_files(path, most_lines(path))]

    assert found == []


def test_no_template_is_longer_than_400_lines():
    found = [line for path in template_files() for line in long_files(path, MOST_TEMPLATE_LINES)]

    assert found == []


def test_a_function_of_71_lines_is_found(tmp_path: Path):
    sample = tmp_path / "sample.py"
    sample.write_text("def walk():\n" + "    step = 1\n" * 70)

    assert long_functions(sample) == ["sample.py:1 walk: 71 lines"]


def test_a_function_of_70_lines_passes(tmp_path: Path):
    sample = tmp_path / "sample.py"
    sample.write_text("def walk():\n" + "    step = 1\n" * 69)

    assert long_functions(sample) == []


def test_a_module_of_501_lines_is_found_and_a_test_module_is_not(tmp_path: Path):
    module, test_module = tmp_path / "stock.py", tmp_path / "tests" / "test_stock.py"
    test_module.parent.mkdir()
    for path in (module, test_module):
        path.write_text("step = 1\n" * 501)

    assert long_files(module, most_lines(module)) == ["stock.py: 501 lines"]
    assert long_files(test_module, most_lines(test_module)) == []
