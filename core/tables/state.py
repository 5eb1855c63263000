"""The state of an index page as its URL carries it, and as a canonical text.

The canonical text (tab, filters, search, sort: sorted, without paging and columns) is what saved
views, bulk actions and exports keep; `IndexState.of_query` reads it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from core.forms import plain_text
from core.tables.declaring import Column, Filter, Tab

SEARCH_LIMIT = 100


@dataclass(frozen=True)
class IndexState:
    """What a person is looking at: tab, search text, filters, sort, looks, cursor, view."""

    tab: str = ""
    search: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] = ()
    density: str = ""
    cursor: str = ""
    view: str = ""

    def pairs(self, *, looks: bool = True) -> list[tuple[str, str]]:
        """Return the URL parameters without the cursor; `looks` adds columns and density."""
        found = [("tab", self.tab)] if self.tab else []
        found += [("q", self.search)] if self.search else []
        found += [
            (key, value) for key in sorted(self.filters) for value in sorted(self.filters[key])
        ]
        found += [("sort", self.sort)] if self.sort else []
        if looks and self.view:
            found.append(("view", self.view))
        if looks and self.columns:
            found.append(("cols", ",".join(self.columns)))
        if looks and self.density:
            found.append(("density", self.density))
        return found

    def query(self, **changes: str) -> str:
        """Return the query string of this state; `cursor=` adds a page."""
        cursor = changes.get("cursor", "")
        return urlencode(self.pairs() + ([("after", cursor)] if cursor else []))

    def canonical(self) -> str:
        """Return the predicate as text: the same rows always give the same text."""
        return urlencode(sorted(self.pairs(looks=False)))

    def with_filter(self, key: str, values: Iterable[str]) -> IndexState:
        """Return the state with one filter set; no values take it away."""
        kept = {name: chosen for name, chosen in self.filters.items() if name != key}
        chosen = tuple(values)
        return replace(self, filters={**kept, key: chosen} if chosen else kept, cursor="")

    @property
    def is_narrowed(self) -> bool:
        """Say whether a search or a filter leaves rows out."""
        return bool(self.search or self.filters)


@dataclass(frozen=True)
class Known:
    """What an index page understands in its URL; everything else is ignored."""

    tabs: tuple[Tab, ...]
    filters: tuple[Filter, ...]
    columns: tuple[Column, ...]
    sorts: tuple[str, ...]

    def read(self, params: QueryDict) -> IndexState:
        """Return the state that URL parameters describe."""
        sort = params.get("sort", "")
        chosen = params.get("cols", "").split(",")
        tab = params.get("tab", "")
        density = params.get("density", "")
        return IndexState(
            tab=tab if tab in {known.key for known in self.tabs} else "",
            search=plain_text(params.get("q", ""))[:SEARCH_LIMIT].replace("\x00", ""),
            filters=self._filters(params),
            sort=sort if sort.lstrip("-") in self.sorts else "",
            columns=tuple(column.key for column in self.columns if column.key in chosen),
            density=density if density in {"comfortable", "compact"} else "",
            cursor=params.get("after", ""),
            view=params.get("view", "") if params.get("view", "").isdecimal() else "",
        )

    def _filters(self, params: QueryDict) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for known in self.filters:
            given = (value.replace("\x00", "")[:200] for value in params.getlist(known.key))
            values = [value for value in given if value]
            if known.kind == "day" and not values:
                first, last = params.get(f"{known.key}_from", ""), params.get(f"{known.key}_to", "")
                values = [f"{first}..{last}"] if first or last else []
            if values:
                found[known.key] = tuple(dict.fromkeys(values))
        return found

    def of_query(self, text: str) -> IndexState:
        """Return the state of a canonical text."""
        return self.read(QueryDict(text))
