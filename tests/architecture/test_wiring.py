"""Every dotted path of config/wiring.py leads to something that fits its place."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.utils.module_loading import import_string

from config import wiring

MANY = ("EVENT_HANDLERS",)
ONE = ("JOBS", "CARRIERS", "CHANNELS", "IMPORT_KINDS", "MAIL_FILES")


def wired_paths() -> Iterator[tuple[str, str, str]]:
    """Yield (table, key, dotted path) of the whole wiring."""
    for table in MANY:
        for key, paths in getattr(wiring, table).items():
            for path in paths:
                yield table, key, path
    for table in ONE:
        for key, path in getattr(wiring, table).items():
            yield table, key, path
    for path in wiring.SETTINGS:
        yield "SETTINGS", path, path


def unresolved(paths: Iterator[tuple[str, str, str]]) -> list[str]:
    """Return the paths that lead nowhere."""
    problems = []
    for table, key, path in paths:
        try:
            import_string(path)
        except (ImportError, AttributeError) as error:
            problems.append(f"{table}[{key!r}] = {path}: {error}")
    return problems


def test_every_wired_path_resolves():
    assert unresolved(wired_paths()) == []


def test_a_path_that_leads_nowhere_is_found():
    wrong = [("JOBS", "orders.nap", "orders.tasks.no_such_job")]

    assert [line.partition(":")[0] for line in unresolved(iter(wrong))] == [
        "JOBS['orders.nap'] = orders.tasks.no_such_job"
    ]


def test_every_schedule_names_a_wired_job():
    assert [name for name, plan in wiring.SCHEDULES.items() if plan.job not in wiring.JOBS] == []


def test_a_job_takes_its_run_first():
    first = {
        name: list(inspect.signature(import_string(path)).parameters)[:1]
        for name, path in wiring.JOBS.items()
    }

    assert {name: taken for name, taken in first.items() if taken != ["job"]} == {}


def test_an_import_kind_has_every_part_of_its_protocol():
    lacking = [
        f"{name}: {part}"
        for name, path in wiring.IMPORT_KINDS.items()
        for part in ("code", "capability", "fields", "options", "sources", "open", "undo")
        if not hasattr(import_string(path), part)
    ]

    assert lacking == []
