"""Erasure of one person's data, driven by rules that stand beside the declarations of `core.pii`.

An app writes its rules in its `personal_data.py`; a test fails on a declared field without one.
"""

from core.erasing.rules import files, keep, part, remove, rows_of, rules, sweep, uncovered, wipe
from core.erasing.running import Erased, erase, unlink
from core.erasing.subject import Subject, gather

__all__ = [
    "Erased",
    "Subject",
    "erase",
    "files",
    "gather",
    "keep",
    "part",
    "remove",
    "rows_of",
    "rules",
    "sweep",
    "uncovered",
    "unlink",
    "wipe",
]
