"""The files of the product, for checks that read source code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
APPS = (
    "config",
    "core",
    "customers",
    "inventory",
    "suppliers",
    "shipping",
    "orders",
    "fulfillment",
    "returns",
    "planning",
)
TOP_LEVEL = (*APPS, "benchmarks", "scripts", "tests")


def python_files(*tops: str) -> Iterator[Path]:
    """Yield the modules below the given folders (all by default) without migrations."""
    for top in tops or TOP_LEVEL:
        for path in sorted((PROJECT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def template_files() -> Iterator[Path]:
    """Yield every template of the product."""
    for folder in (PROJECT / "templates", *(PROJECT / app / "templates" for app in APPS)):
        for path in sorted(folder.rglob("*")):
            if path.suffix in {".html", ".txt", ".xml"}:
                yield path


def name_of(path: Path) -> str:
    """Return a path as messages show it."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else path.name


def tree_of(path: Path) -> ast.Module:
    """Return the parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
