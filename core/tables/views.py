"""The index page: tabs, filters, search, sort, keyset pages, columns, bulk bar, export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views import View

from core import clock, formats
from core.htmx import mark_varying, redirect_to, toast, wants_partial
from core.permissions import RequireCapability
from core.services import saved_views
from core.tables import exporting
from core.tables.counting import CAP, Count
from core.tables.declaring import Column, Filter, PageButton, Text
from core.tables.paging import Page, page_of
from core.tables.rows import IndexRows
from core.tables.state import IndexState
from core.wiring import wired

REGION = "index-region"
MORE_BULK_AFTER = 2


@dataclass(frozen=True)
class Head:
    """One table head: the column, its sort link and the direction it is sorted in now."""

    column: Column
    query: str
    direction: str


@dataclass(frozen=True)
class Row:
    """One table row: the object, its links, and a cell for each head."""

    pk: Any
    url: str
    peek_url: str
    cells: Sequence[tuple[Column, Any]]


@dataclass(frozen=True)
class TabLink:
    """One tab with its link and its number."""

    key: str
    text: Text
    query: str
    count: str
    is_hot: bool
    is_current: bool


@dataclass(frozen=True)
class FilterControl:
    """One filter as the page shows it: its values, its link to remove it, its form's rest."""

    filter: Filter
    values: Sequence[str]
    shown: str
    without: str
    choices: Sequence[tuple[str, Text, bool]]
    hidden: Sequence[tuple[str, str]]

    @property
    def first_day(self) -> str:
        """Return the lower side of a day range."""
        return self.values[0].partition("..")[0] if self.values else ""

    @property
    def last_day(self) -> str:
        """Return the upper side of a day range."""
        return self.values[0].partition("..")[2] if self.values else ""


def count_text(count: Count | None) -> str:
    """Return a count for the eye: exact, or the cap with a plus."""
    if count is None:
        return ""
    return f"{formats.number(count.number)}{'+' if count.is_capped else ''}"


class IndexView(RequireCapability, IndexRows, View):
    """Base of every index page. Declare class attributes, `rows_for` and `search`.

    GET answers the page, or only the region below the header when htmx asks for it; POST with
    `export=csv|xlsx` starts an export job of the current view.
    """

    template_name: ClassVar[str] = "components/index.html"
    region_template: ClassVar[str] = "components/index_region.html"
    request: HttpRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the rows of the URL's state."""
        state = self._remembered(self.known.read(request.GET))
        context = self.page_context(state)
        fragment = wants_partial(request) and request.headers.get("HX-Target") == REGION
        template = self.region_template if fragment else self.template_name
        return mark_varying(render(request, template, context), fragment=fragment)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Start the export of what the page shows."""
        file_format = "xlsx" if request.POST.get("export") == "xlsx" else "csv"
        state = self.known.of_query(request.POST.get("query", ""))
        columns = self.shown_columns(self.principal, request.POST.get("cols", "").split(","))
        order = exporting.ExportOrder(
            index=self.key,
            query=state.canonical(),
            columns=tuple(column.key for column in columns),
            file_format=file_format,
            title=str(self.title),
        )
        exporting.request_export(order, actor=self.principal.actor)
        text = _("Export started. The file will stand in the jobs list.")
        if wants_partial(request):
            return toast(HttpResponse(status=204), "ok", text)
        return redirect_to(request, f"{request.path}?{state.query()}")

    def _remembered(self, state: IndexState) -> IndexState:
        """Keep a choice of columns or density for the next visit, and bring the last one back."""
        session = self.request.session
        looks = f"index:{self.key}"
        kept = session.get(looks, {})
        chosen = {
            "cols": list(state.columns) or kept.get("cols", []),
            "density": state.density or kept.get("density", ""),
        }
        if chosen != kept and (state.columns or state.density):
            session[looks] = chosen
        if self.request.GET.get("cols") == "default":
            session.pop(looks, None)
            chosen["cols"] = []
        known = tuple(column.key for column in self.columns if column.key in chosen["cols"])
        return replace(state, columns=known, density=chosen["density"])

    # --- What the template reads ----------------------------------------------------------------
    def page_context(self, state: IndexState) -> dict[str, Any]:
        """Return the context of `components/index.html`."""
        counts, total = self.counts(self.principal, state)
        rows = self.narrowed(self.principal, state)
        page = page_of(rows, sort=self.sort_of(state), token=state.cursor, size=self.page_size)
        self.complete(page.rows)
        shown = self.shown_columns(self.principal, state.columns)
        controls = [self._control(known, state) for known in self.filters]
        bulk = [act for act in self.bulk if self.principal.may(act.capability)]
        promoted = [act for act in bulk if act.promoted][:MORE_BULK_AFTER]
        return {
            "index": self,
            "state": state,
            "path": self.request.path,
            "query": state.query(),
            "canonical": state.canonical(),
            "cols": ",".join(column.key for column in shown),
            "tabs": self._tabs(state, counts) + self.saved_tabs(state),
            "save_view_url": _url("saved-view-save") if self.key in wired("INDEXES") else "",
            "filters": [row for row in controls if row.filter.promoted or row.values],
            "more_filters": [row for row in controls if not row.filter.promoted and not row.values],
            "heads": [self._head(column, state) for column in shown],
            "rows": self._rows(page, shown),
            "page": page,
            "previous_query": state.query(cursor=page.previous) if page.previous else "",
            "next_query": state.query(cursor=page.next) if page.next else "",
            "total": total,
            "total_text": count_text(total),
            "cap": CAP,
            "bulk_buttons": promoted,
            "bulk_menu": [act for act in bulk if act not in promoted],
            "can_select": bool(bulk),
            "column_choices": [
                (column, column in shown)
                for column in self.shown_columns(
                    self.principal, [column.key for column in self.columns]
                )
            ],
            "column_hidden": [(k, v) for k, v in state.pairs() if k != "cols"],
            "search_hidden": [(k, v) for k, v in state.pairs() if k != "q"],
            "density_query": self._density_query(state),
            "clear_query": replace(state, search="", filters={}, cursor="").query(),
            "sort_links": self._sort_links(state),
            "buttons": self._buttons(),
            "is_first_use": not page.rows and self._is_first_use(state, counts),
            "empty_action_url": _url(self.empty.action_url_name),
            "empty_link_url": _url(self.empty.link_url_name),
            "now": clock.now(),
        } | self.extra_context(state, page)

    def extra_context(self, state: IndexState, page: Page) -> dict[str, Any]:
        """Return what a screen adds to the context."""
        return {}

    def saved_tabs(self, state: IndexState) -> list[TabLink]:
        """Return the saved views of this index as tabs after the built-in ones."""
        if self.principal.actor.id is None or self.key not in wired("INDEXES"):
            return []
        views = saved_views.views_for(self.principal.actor.id, self.key)
        return [
            TabLink(
                key=f"view-{view.pk}",
                text=view.name,
                query=f"{view.query}&view={view.pk}" if view.query else f"view={view.pk}",
                count="",
                is_hot=False,
                is_current=state.view == str(view.pk),
            )
            for view in views
        ]

    def _is_first_use(self, state: IndexState, counts: Sequence[Count | None]) -> bool:
        """Say whether the index has no row at all, filters aside."""
        if state.is_narrowed or state.cursor:
            known = [count for count in counts if count is not None]
            return bool(known) and not any(count.number for count in known)
        tab = self.tab_of(state)
        first_tab = not self.tabs or tab is self.tabs[0]
        return first_tab or not any(count.number for count in counts if count is not None)

    def _tabs(self, state: IndexState, counts: Sequence[Count | None]) -> list[TabLink]:
        current = self.tab_of(state)
        found = []
        for tab, count in zip(self.tabs, counts, strict=True):
            plain = IndexState(tab=tab.key, columns=state.columns, density=state.density)
            hot = tab.hot and count is not None and count.number > 0
            text = count_text(count)
            here = tab is current and not state.view
            found.append(TabLink(tab.key, tab.text, plain.query(), text, hot, here))
        return found

    def _control(self, known: Filter, state: IndexState) -> FilterControl:
        values = state.filters.get(known.key, ())
        choices = [(value, text, value in values) for value, text in self._choices(known)]
        names = [str(text) for _value, text, picked in choices if picked]
        shown = ", ".join(names) or ", ".join(_day_text(value) for value in values)
        return FilterControl(
            filter=known,
            values=values,
            shown=shown,
            without=state.with_filter(known.key, ()).query(),
            choices=choices,
            hidden=[(key, value) for key, value in state.pairs() if key != known.key],
        )

    def _choices(self, known: Filter) -> list[tuple[str, Text]]:
        if known.kind == "flag":
            return [("yes", _("yes")), ("no", _("no"))]
        return known.choices(self.principal) if known.kind == "choice" else []

    def _head(self, column: Column, state: IndexState) -> Head:
        if not column.sort:
            return Head(column, "", "")
        now = self.sort_of(state)
        direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(now, "")
        other = f"-{column.sort}" if direction == "ascending" else column.sort
        return Head(column, replace(state, sort=other, cursor="").query(), direction)

    def _sort_links(self, state: IndexState) -> list[tuple[Text, str, bool]]:
        now = self.sort_of(state)
        found: list[tuple[Text, str, bool]] = []
        for column in self.columns:
            for sort in (column.sort, f"-{column.sort}") if column.sort else ():
                arrow = "\N{DOWNWARDS ARROW}" if sort.startswith("-") else "\N{UPWARDS ARROW}"
                query = replace(state, sort=sort, cursor="").query()
                found.append((f"{column.text} {arrow}", query, sort == now))
        return found

    def _rows(self, page: Page, shown: Sequence[Column]) -> list[Row]:
        return [
            Row(
                pk=row.pk,
                url=self.row_url(row),
                peek_url=self.peek_url(row),
                cells=[(column, column.cell(row)) for column in shown],
            )
            for row in page.rows
        ]

    def _density_query(self, state: IndexState) -> str:
        other = "comfortable" if state.density == "compact" else "compact"
        return replace(state, density=other).query()

    def _buttons(self) -> list[tuple[PageButton, str]]:
        allowed = [button for button in self.buttons if self.principal.may(button.capability)]
        return [(button, url) for button in allowed if (url := _url(button.url_name))]


def _day_text(value: str) -> str:
    first, mark, last = value.partition("..")
    return value if not mark else f"{first} {formats.DASH} {last}".strip()


def _url(name: str) -> str:
    """Return the path of a URL name, or nothing where no app has registered it."""
    if not name:
        return ""
    base, _mark, query = name.partition("?")
    try:
        path = reverse(base)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(parse_qsl(query))}" if query else path
