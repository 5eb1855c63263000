"""Which functions of `inventory.services` write stock, and what events they open: by source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "inventory" / "services"
#: Every write of units, promises or claims opens an event or changes a level.
DOORS = {("event_log", "open_event"), ("level_sql", "change_levels")}
Name = tuple[str, str]


def writers() -> set[Name]:
    """Return (module, function) of every public function that reaches a door, however deep."""
    uses = dict(_uses())
    found = set(DOORS)
    while True:
        more = {name for name, used in uses.items() if used & found} - found
        if not more:
            break
        found |= more
    return {name for name in found if not name[1].startswith("_")}


def event_kinds() -> set[str]:
    """Return the kinds of all events that the services open."""
    return {
        node.args[1].value
        for path in SERVICES.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Call"
        and isinstance(node.args[1], ast.Constant)
    }


def called_in(paths: Iterable[str]) -> set[Name]:
    """Return (module, function) of what test files name as `module.function`, where it is kept."""
    homes = {path.stem: _imported(ast.parse(path.read_text())) for path in SERVICES.glob("*.py")}
    return {
        homes.get(node.value.id, {}).get(node.attr, (node.value.id, node.attr))
        for path in paths
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def _uses() -> Iterator[tuple[Name, set[Name]]]:
    for path in sorted(SERVICES.glob("*.py")):
        tree = ast.parse(path.read_text())
        known = _imported(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                yield (path.stem, node.name), set(_names(node, path.stem, known))


def _imported(tree: ast.Module) -> dict[str, tuple[str, str]]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "inventory.services"
        ):
            base = (node.module or "").split(".")[2:]
            for name in node.names:
                found[name.asname or name.name] = (base[0], name.name) if base else (name.name, "")
    return found


def _names(node: ast.AST, here: str, known: dict[str, tuple[str, str]]) -> Iterator[Name]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            module, function = known.get(part.value.id, ("", ""))
            if module and not function:
                yield module, part.attr
        elif isinstance(part, ast.Name):
            yield known.get(part.id, (here, part.id))
