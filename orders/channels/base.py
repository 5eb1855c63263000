"""What a channel's file or API has to be turned into: the columns and options of order lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from core.imports.fields import FieldSpec, OptionSpec


class OrderSource(Protocol):
    """A source of order lines: the fields it can fill and the mappings it brings along."""

    fields: tuple[FieldSpec, ...]
    options: tuple[OptionSpec, ...]
    builtin: Mapping[str, Mapping[str, Any]]
