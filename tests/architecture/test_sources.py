"""Rules of the code that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.helpers.sources import APPS, PROJECT, name_of, python_files, tree_of

NAMELESS = {"utils.py", "helpers.py", "common.py", "manager.py", "misc.py"}
LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
BARE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[a-z-]+(?:,\s*[a-z-]+)*\]\s+#\s*\S)")
SKIP_LOCKED = re.compile(r"skip_locked\s*=\s*True")
STOCK_APPS = ("inventory", "orders", "fulfillment", "shipping", "customers")
CLOCK_CALLS = {
    ("timezone", "now"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("clock", "now"),
    ("clock", "today"),
}
EVERYTHING = {"Exception", "BaseException"}
#: docs/adr/0003: where code of other apps is called.
BORDERS = ("core/events/delivering.py", "core/jobs/running.py")
CLOCKLESS = ("domain", "services", "queries", "querysets", "models")


def left_overs(path: Path) -> list[str]:
    """Return lines that promise work instead of doing it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{name_of(path)}:{at}" for at, line in enumerate(lines, 1) if LEFT_OVER.search(line)]


def bare_ignores(path: Path) -> list[str]:
    """Return type ignores without their code and reason."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{name_of(path)}:{at}" for at, line in enumerate(lines, 1) if BARE_IGNORE.search(line)]


def clock_calls(path: Path) -> list[str]:
    """Return calls of the system clock: time comes in as an argument."""
    found = []
    for node in ast.walk(tree_of(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        owner_name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if (owner_name, node.func.attr) in CLOCK_CALLS:
            found.append(f"{name_of(path)}:{node.lineno} {owner_name}.{node.func.attr}()")
    return found


def broad_excepts(path: Path) -> list[str]:
    """Return handlers that catch everything and do not raise it again."""
    found = []
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        is_broad = any(one is None or getattr(one, "id", "") in EVERYTHING for one in caught)
        if is_broad and not any(isinstance(part, ast.Raise) for part in ast.walk(node)):
            found.append(f"{name_of(path)}:{node.lineno}")
    return found


def signal_listeners(path: Path) -> list[str]:
    """Return listeners of Django signals; facts go through the outbox instead."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
            listens = node.func.attr == "connect" and owner.startswith(("pre_", "post_", "m2m_"))
            if listens and owner != "post_migrate":
                found.append(f"{name_of(path)}:{node.lineno} {owner}.connect")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "receiver":
            found.append(f"{name_of(path)}:{node.lineno} receiver")
    return found


def unscoped_reads(path: Path) -> list[str]:
    """Return reads of a whole table in an interface module: `visible_to` says who may see what."""
    return [
        f"{name_of(path)}:{node.lineno} objects.{node.func.attr}()"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "all"
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "objects"
    ]


def is_in_layer(path: Path, *layers: str) -> bool:
    """Return whether a module belongs to one of the layers of its app."""
    inside = path.relative_to(PROJECT).parts[1:]
    return any(inside and inside[0].removesuffix(".py") == layer for layer in layers)


def test_modules_are_named_after_their_subject():
    nameless = [name_of(path) for path in python_files(*APPS) if path.name in NAMELESS]

    assert nameless == []


def test_nothing_is_promised_instead_of_done():
    paths = [path for path in python_files() if path != Path(__file__)]

    assert [line for path in paths for line in left_overs(path)] == []


def test_every_type_ignore_names_its_code_and_reason():
    paths = [path for path in python_files() if path != Path(__file__)]

    assert [line for path in paths for line in bare_ignores(path)] == []


def test_everything_is_caught_at_the_two_borders_only():
    found = [line for path in python_files(*APPS) for line in broad_excepts(path)]

    assert [line.rpartition(":")[0] for line in found] == list(BORDERS)


def test_stock_is_never_locked_past_other_people():
    found = [
        name_of(path)
        for path in python_files(*STOCK_APPS)
        if SKIP_LOCKED.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_time_comes_in_as_an_argument():
    paths = [
        path
        for path in python_files(*APPS)
        if path.parts[len(PROJECT.parts)] != "core" and is_in_layer(path, *CLOCKLESS)
    ]

    assert [line for path in paths for line in clock_calls(path)] == []


def test_no_app_listens_to_signals():
    assert [line for path in python_files(*APPS) for line in signal_listeners(path)] == []


def test_pages_and_api_read_only_what_their_user_may_see():
    # config's pages ask whether the installation is set up, not what is in it.
    paths = [
        path for path in python_files(*APPS[1:]) if is_in_layer(path, "views", "api", "serializers")
    ]

    assert [line for path in paths for line in unscoped_reads(path)] == []


@pytest.mark.parametrize(
    ("check", "sample"),
    [
        (left_overs, "# TO" + "DO: ship it\n"),
        (left_overs, "def ship():\n    raise NotImplemented" + "Error\n"),
        (bare_ignores, "x = 1  # type: " + "ignore\n"),
        (bare_ignores, "x = 1  # type: " + "ignore[assignment]\n"),
        (clock_calls, "from django.utils import timezone\nat = timezone.now()\n"),
        (clock_calls, "import datetime as dt\nat = dt.datetime.now(tz=dt.UTC)\n"),
        (clock_calls, "from core import clock\nat = clock.now()\n"),
        (broad_excepts, "try:\n    ship()\nexcept Exception:\n    pass\n"),
        (broad_excepts, "try:\n    ship()\nexcept (OSError, BaseException):\n    pass\n"),
        (broad_excepts, "try:\n    ship()\nexcept:\n    pass\n"),
        (signal_listeners, "post_save.connect(ship)\n"),
        (signal_listeners, "@receiver(post_save)\ndef ship(**_):\n    pass\n"),
        (unscoped_reads, "orders = Order.objects.all()\n"),
    ],
)
def test_a_violation_is_found(tmp_path: Path, check, sample: str):
    path = tmp_path / "sample.py"
    path.write_text(sample)

    assert len(check(path)) == 1


def test_a_type_ignore_with_code_and_reason_passes(tmp_path: Path):
    path = tmp_path / "sample.py"
    path.write_text("x = 1  # type: ignore[assignment]  # the base class says str\n")

    assert bare_ignores(path) == []
