"""Keyset pages: the next rows after a known row, so that page 2 000 costs what page 1 costs.

The order is one indexed column and the primary key, both in the same direction, so that one
index serves both ways. NULLs stand where the database puts them by itself (PostgreSQL: largest,
SQLite: smallest), because asking for another place would cost the index.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import connections
from django.db.models import Field, Q, QuerySet


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: the row it stands at, the direction, and its number for the eye."""

    value: Any
    pk: Any
    backwards: bool
    offset: int

    def encode(self) -> str:
        """Return the cursor as text for a URL."""
        parts = [_plain(self.value), self.pk, int(self.backwards), self.offset]
        text = json.dumps(parts, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursors to its neighbors; numbers count from one."""

    rows: Sequence[Any]
    first_number: int
    previous: str
    next: str

    @property
    def last_number(self) -> int:
        """Return the number of the last row."""
        return self.first_number + len(self.rows) - 1


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def decode(text: str, field: Field[Any, Any] | None) -> Cursor | None:
    """Return the cursor of a URL, or None when the text is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, pk, backwards, offset = json.loads(raw)
        typed = field.to_python(value) if field is not None and value is not None else value
        return Cursor(typed, int(pk), bool(backwards), max(int(offset), 0))
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError, ValidationError):
        return None


def field_of(rows: QuerySet[Any], name: str) -> Field[Any, Any] | None:
    """Return the model field that orders the rows, or None for an annotation."""
    model: Any = rows.model
    found: Any = None
    for part in name.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = found.related_model
    return found if isinstance(found, Field) else None


def _beyond(rows: QuerySet[Any], name: str, cursor: Cursor, *, ascending: bool) -> QuerySet[Any]:
    """Return the rows strictly behind the cursor in the given direction."""
    sign = "gt" if ascending else "lt"
    if name == "pk":
        return rows.filter(**{f"pk__{sign}": cursor.pk})
    nulls_last = ascending == (connections[rows.db].vendor == "postgresql")
    is_null = Q(**{f"{name}__isnull": True})
    further = Q(**{f"pk__{sign}": cursor.pk})
    if cursor.value is None:
        same = is_null & further
        return rows.filter(same if nulls_last else same | ~is_null)
    # `>=` alone starts the index range; the rest only drops rows with the same value.
    here = Q(**{f"{name}__{sign}e": cursor.value}) & (
        Q(**{f"{name}__{sign}": cursor.value}) | further
    )
    field = field_of(rows, name)
    may_be_null = field is None or field.null or "__" in name
    return rows.filter(here | is_null if nulls_last and may_be_null else here)


def read_value(row: Any, name: str) -> Any:
    """Return the row's value of a sort field, relations followed."""
    found = row
    for part in name.split("__"):
        found = getattr(found, part, None)
    return found


def page_of(rows: QuerySet[Any], *, sort: str, token: str, size: int) -> Page:
    """Return one page of `rows` ordered by `sort` (`-name` descends) and the primary key."""
    descending, name = sort.startswith("-"), sort.lstrip("-")
    cursor = decode(token, field_of(rows, name)) if token else None
    backwards = cursor is not None and cursor.backwards
    ascending = descending == backwards
    if cursor is not None:
        rows = _beyond(rows, name, cursor, ascending=ascending)
    mark = "" if ascending else "-"
    order = [f"{mark}pk"] if name == "pk" else [f"{mark}{name}", f"{mark}pk"]
    found = list(rows.order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    offset = cursor.offset if cursor else 0
    first = max(offset - len(found), 0) if backwards else offset
    has_previous = more if backwards else cursor is not None
    has_next = True if backwards else more
    return Page(
        rows=found,
        first_number=first + 1,
        previous=_token(found, name, first, backwards=True) if has_previous and found else "",
        next=_token(found, name, first + len(found), backwards=False) if has_next and found else "",
    )


def _token(found: Sequence[Any], name: str, offset: int, *, backwards: bool) -> str:
    row = found[0] if backwards else found[-1]
    value = None if name == "pk" else read_value(row, name)
    return Cursor(value, row.pk, backwards, offset).encode()
