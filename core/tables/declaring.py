"""What an index page consists of, declared: columns, filters, tabs, sorts, bulk actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from core.permissions import Principal

Text = str | Promise
Choice = tuple[str, Text]
Narrow = Callable[[QuerySet[Any], Sequence[str]], QuerySet[Any]]


@dataclass(frozen=True)
class Column:
    """One column of an index page.

    `render(row)` gives the cell as text or safe HTML and must not ask the database; without it
    the attribute `key` (dots allowed) is shown. `export(row)` gives the typed value for CSV and
    XLSX, by default the same attribute. `sort` names the indexed model field that orders by it.
    """

    key: str
    text: Text
    render: Callable[[Any], Any] | None = None
    export: Callable[[Any], Any] | None = None
    sort: str = ""
    end: bool = False
    fixed: bool = False
    off: bool = False
    bare: bool = False
    capability: str = ""

    def value(self, row: Any) -> Any:
        """Return the row's plain value for this column."""
        found: Any = row
        for part in self.key.split("."):
            found = getattr(found, part, None)
        return found

    def cell(self, row: Any) -> Any:
        """Return what the table shows."""
        shown = self.render(row) if self.render else self.value(row)
        return "\N{EM DASH}" if shown is None or shown == "" else shown

    def exported(self, row: Any) -> Any:
        """Return what CSV and XLSX carry."""
        return self.export(row) if self.export else self.value(row)


@dataclass(frozen=True)
class Filter:
    """One filter: its name in the URL, its values and how it narrows the rows.

    Kinds: `choice` (several values allowed), `flag` (yes or no), `text` (starts with), `day`
    (range `from..to`, each side optional). `options` is a list or `f(principal) -> list`.
    Promoted filters always show; at most three. Others come from the dashed Filter menu.
    """

    key: str
    text: Text
    field: str = ""
    kind: str = "choice"
    options: Sequence[Choice] | Callable[[Principal], Sequence[Choice]] = ()
    narrow: Narrow | None = None
    promoted: bool = False

    def choices(self, principal: Principal) -> list[Choice]:
        """Return the values a person may choose."""
        found = self.options(principal) if callable(self.options) else self.options
        return list(found)

    def apply(self, rows: QuerySet[Any], values: Sequence[str]) -> QuerySet[Any]:
        """Return the rows that the chosen values leave; values that say nothing change nothing."""
        if self.narrow is not None:
            return self.narrow(rows, values)
        field = self.field or self.key
        if self.kind == "choice":
            return rows.filter(**{f"{field}__in": list(values)})
        if self.kind == "flag":
            return rows.filter(**{field: values[0] == "yes"})
        if self.kind == "day":
            return rows.filter(day_range_q(field, values[0], of_moments=_is_moment(rows, field)))
        return rows.filter(**{f"{field}__startswith": values[0]})


def _is_moment(rows: QuerySet[Any], name: str) -> bool:
    """Say whether a field keeps moments, so that days must become midnights of the reader."""
    model: Any = rows.model
    found: Any = None
    for part in name.split("__"):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        model = found.related_model
    return isinstance(found, DateTimeField)


def day_range_q(field: str, text: str, *, of_moments: bool = False) -> Q:
    """Return the condition of `2026-04-01..2026-04-30`; an open side leaves that side out.

    Days of moments begin and end at midnight in the reader's zone.
    """

    def edge(day: dt.date) -> dt.date:
        if not of_moments:
            return day
        return timezone.make_aware(dt.datetime.combine(day, dt.time()))

    first, _mark, last = text.partition("..")
    found = Q()
    if (start := parse_day(first)) is not None:
        found &= Q(**{f"{field}__gte": edge(start)})
    if (end := parse_day(last)) is not None:
        found &= Q(**{f"{field}__lt": edge(end + dt.timedelta(days=1))})
    return found


def parse_day(text: str) -> dt.date | None:
    """Return an ISO day, or None for anything else."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Tab:
    """One built-in view: rows that fulfil `where`. `hot` marks a count that needs a person."""

    key: str
    text: Text
    where: Q | Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    hot: bool = False
    sort: str = ""
    counted: bool = True

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of this tab."""
        if self.where is None:
            return rows
        return self.where(rows) if callable(self.where) else rows.filter(self.where)


@dataclass(frozen=True)
class BulkAction:
    """One act on the selected rows: the URL name that takes the selection as a POST.

    The answer fills the dialog (`core.tables.bulk.BulkView` does all of it). The first two
    promoted ones are buttons, the others stand in the menu. `main`: Ctrl-Enter presses it.
    """

    key: str
    text: Text
    glyph: str
    url_name: str
    capability: str
    promoted: bool = False
    danger: bool = False
    main: bool = False


@dataclass(frozen=True)
class PageButton:
    """A button of the page header: a link, shown to holders of the capability."""

    text: Text
    glyph: str
    url_name: str
    capability: str
    primary: bool = False
    create: bool = False


@dataclass(frozen=True)
class EmptyText:
    """What an index page says before it has its first row."""

    title: Text
    text: Text = ""
    glyph: str = "inbox"
    action_text: Text = ""
    action_url_name: str = ""
    link_text: Text = ""
    link_url_name: str = ""
