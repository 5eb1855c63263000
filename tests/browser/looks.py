"""The four faces of a screen, and what is wrong with pages in one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

LOOKS = [
    ("en", "light", 1440),
    ("zh-hans", "dark", 1440),
    ("zh-hans", "light", 360),
    ("en", "dark", 360),
]


def found_on(window: Any, paths: Iterable[str]) -> dict[str, list[str]]:
    """Open each path in a `Desk`; return its accessibility violations and its overflow, by path."""
    found = {}
    for path in paths:
        window.open(path)
        problems = window.violations()
        if window.overflow_px() > 0:
            problems.append(f"overflows by {window.overflow_px()} px")
        if problems:
            found[path] = problems
    return found
