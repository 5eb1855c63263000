"""Exact query baselines: a changed number of queries fails until it is written down on purpose.

`UPDATE_QUERIES=1 pytest …` writes the figures that the tests saw into tests/query_counts.json.
Figures are the same on both databases: only statements of the ORM count, no savepoints.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

BASELINES = Path(__file__).resolve().parent.parent / "query_counts.json"
MOST = 25
NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT", "SET ")


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return the captured statements without transaction control."""
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if not sql.lstrip().upper().startswith(NOT_COUNTED)]


def read_baselines() -> dict[str, int]:
    """Return the written baselines by name."""
    return json.loads(BASELINES.read_text()) if BASELINES.exists() else {}


def write_baseline(name: str, count: int) -> None:
    """Write one figure into the baseline file."""
    figures = read_baselines() | {name: count}
    BASELINES.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


@contextlib.contextmanager
def query_baseline(name: str, *, most: int = MOST) -> Iterator[None]:
    """Fail unless the block runs exactly as many statements as the baseline `name` says.

    A list proves that it is constant in its rows by using one name with few and many rows.
    """
    with CaptureQueriesContext(connection) as captured:
        yield
    seen = statements(captured)
    listed = "\n".join(f"{place:3} {sql[:300]}" for place, sql in enumerate(seen, 1))
    assert len(seen) <= most, f"{name}: {len(seen)} statements, at most {most} allowed\n{listed}"
    if os.environ.get("UPDATE_QUERIES"):
        write_baseline(name, len(seen))
        return
    expected = read_baselines().get(name)
    assert expected is not None, f"{name}: no baseline; run once with UPDATE_QUERIES=1"
    assert len(seen) == expected, f"{name}: {len(seen)} statements, baseline {expected}\n{listed}"
