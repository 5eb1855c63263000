"""The declaration of an index and the rows it stands for, without a request.

Screens subclass `core.tables.IndexView`, which is this plus the page; jobs make an instance of
the same class to find the rows of a saved predicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse

from core.permissions import Principal
from core.tables.counting import Count, capped_counts
from core.tables.declaring import BulkAction, Column, EmptyText, Filter, PageButton, Tab, Text
from core.tables.state import IndexState, Known


@dataclass(frozen=True)
class Selection:
    """Rows chosen on an index page: named ids, or everything a predicate matches but `excluded`."""

    ids: tuple[int, ...] = ()
    query: str = ""
    excluded: tuple[int, ...] = ()
    is_all: bool = False

    def args(self) -> dict[str, str | bool]:
        """Return the selection as job arguments."""
        return {
            "ids": ",".join(map(str, self.ids)),
            "query": self.query,
            "excluded": ",".join(map(str, self.excluded)),
            "is_all": self.is_all,
        }

    @classmethod
    def of(cls, *, ids: str = "", query: str = "", excluded: str = "", is_all: bool) -> Selection:
        """Return the selection that texts of comma separated ids describe."""
        return cls(_numbers(ids), query, _numbers(excluded), is_all)


def _numbers(text: str) -> tuple[int, ...]:
    parts = (part.strip() for part in text.split(","))
    return tuple(dict.fromkeys(int(part) for part in parts if part.isascii() and part.isdigit()))


class IndexRows:
    """What an index page shows, declared by class attributes. Subclasses give `rows_for`."""

    key: ClassVar[str]
    title: ClassVar[Text]
    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    tabs: ClassVar[tuple[Tab, ...]] = ()
    bulk: ClassVar[tuple[BulkAction, ...]] = ()
    buttons: ClassVar[tuple[PageButton, ...]] = ()
    empty: ClassVar[EmptyText]
    default_sort: ClassVar[str] = "-pk"
    page_size: ClassVar[int] = 50
    has_search: ClassVar[bool] = True
    note: ClassVar[Text] = ""
    url_name: ClassVar[str] = ""

    @property
    def page_url(self) -> str:
        """Return the path of the page: `url_name`, by default the key with `-index`."""
        return reverse(self.url_name or f"{self.key}-index")

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        """Return every row the principal may see, with what the cells need already joined."""
        raise LookupError(f"{type(self).__name__} declares no rows")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Return the rows that the search text finds. Prefixes of indexed codes stay fast."""
        raise LookupError(f"{type(self).__name__} has a search field but no search")

    @property
    def known(self) -> Known:
        """Return what the URL of this index may say."""
        sorts = tuple(column.sort for column in self.columns if column.sort)
        return Known(self.tabs, self.filters, self.columns, (*sorts, self.default_sort.lstrip("-")))

    def tab_of(self, state: IndexState) -> Tab | None:
        """Return the tab of the state, the first one by default."""
        found = [tab for tab in self.tabs if tab.key == state.tab] or list(self.tabs[:1])
        return found[0] if found else None

    def narrowed(self, principal: Principal, state: IndexState) -> QuerySet[Any]:
        """Return the rows of a state in no particular order."""
        rows = self.rows_for(principal)
        tab = self.tab_of(state)
        if tab is not None:
            rows = tab.apply(rows)
        for known in self.filters:
            if known.key in state.filters:
                rows = known.apply(rows, state.filters[known.key])
        return self.search(rows, state.search) if state.search and self.has_search else rows

    def selected(self, principal: Principal, selection: Selection) -> QuerySet[Any]:
        """Return the chosen rows that the principal may see, ordered by primary key."""
        if not selection.is_all:
            return self.rows_for(principal).filter(pk__in=selection.ids).order_by("pk")
        rows = self.narrowed(principal, self.known.of_query(selection.query))
        return rows.exclude(pk__in=selection.excluded).order_by("pk")

    def counts(self, principal: Principal, state: IndexState) -> tuple[list[Count | None], Count]:
        """Return the count of every tab and of the state, in one statement, capped."""
        rows = self.rows_for(principal)
        counted = [tab for tab in self.tabs if tab.counted]
        found = capped_counts(
            [*(tab.apply(rows) for tab in counted), self.narrowed(principal, state)]
        )
        by_tab = dict(zip((tab.key for tab in counted), found, strict=False))
        return [by_tab.get(tab.key) for tab in self.tabs], found[-1]

    def shown_columns(self, principal: Principal, chosen: Sequence[str]) -> list[Column]:
        """Return the columns to show: the chosen ones, else those not off by default."""
        allowed = [
            column
            for column in self.columns
            if not column.capability or principal.may(column.capability)
        ]
        picked = set(chosen)
        if not picked:
            return [column for column in allowed if not column.off]
        return [column for column in allowed if column.fixed or column.key in picked]

    def sort_of(self, state: IndexState) -> str:
        """Return the order of a state: its own, its tab's, or the default."""
        tab = self.tab_of(state)
        return state.sort or (tab.sort if tab else "") or self.default_sort

    def complete(self, rows: Sequence[Any]) -> None:
        """Give the rows of one page or one part of an export what only a computation knows.

        The cells may read what it sets. A fixed number of statements whatever the rows.
        """

    def row_url(self, row: Any) -> str:
        """Return the page of a row."""
        return str(row.get_absolute_url())

    def peek_url(self, row: Any) -> str:
        """Return the fragment that previews a row, or nothing."""
        return ""
