"""Kinds of bins where goods arrive."""

from __future__ import annotations

from typing import Final

DOCKS: Final = ("receive", "dock")
