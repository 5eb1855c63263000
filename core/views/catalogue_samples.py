"""Sample data of the catalogue page. Nothing here touches the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import clock, formats, icons
from core.tables.counting import Count
from core.tables.declaring import BulkAction, Column, EmptyText, Filter
from core.tables.paging import Page
from core.tables.state import IndexState
from core.tables.views import FilterControl, Head, Row, TabLink
from core.templatetags import ui

COLORS = (
    ("canvas", "sunken", "surface", "selected"),
    ("ink", "ink-2", "ink-3", "accent"),
    ("line", "line-strong", "accent-hover", "on-accent"),
)


@dataclass(frozen=True)
class SampleJob:
    """A job row as the tray shows it."""

    pk: int
    title: str
    status: str
    progress_done: int
    progress_total: int
    progress_text: str = ""
    name: str = ""


@dataclass(frozen=True)
class SampleItem:
    """A stock line as the table shows it."""

    code: str
    name: str
    name_zh: str
    lot: str
    expires_on: dt.date | None
    on_hand: int
    reserved: int
    value: Decimal


def jobs() -> list[SampleJob]:
    """Return a job of each kind."""
    return [
        SampleJob(1, "Import orders, spring.csv", "running", 6420, 10_000),
        SampleJob(2, "Hold 148 orders", "succeeded", 148, 148),
        SampleJob(3, "Labels, wave 212", "failed_retry", 19, 50, _("carrier silent")),
        SampleJob(4, "Export orders", "dead", 0, 1),
    ]


def items() -> list[SampleItem]:
    """Return three stock lines."""
    day = dt.date
    return [
        SampleItem(
            "TEA-ROSE-100",
            "Rose tea tin 100 g",
            "玫瑰花茶",
            "R2406",
            day(2027, 3, 31),
            260,
            46,
            Decimal("8112"),
        ),
        SampleItem(
            "TEA-OSM-80",
            "Osmanthus oolong 80 g",
            "桂花乌龙",
            "O2511",
            day(2026, 6, 12),
            6,
            6,
            Decimal("159"),
        ),
        SampleItem(
            "CUP-CEL-02", "Celadon cup pair", "青瓷对杯", "C2511", None, 1402, 38, Decimal("81316")
        ),
    ]


def timeline() -> list[dict[str, Any]]:
    """Return a short history."""
    at = clock.now().replace(hour=14, minute=17, second=0, microsecond=0)
    hour = dt.timedelta(hours=1)
    return [
        {
            "glyph": "check",
            "text": "Picked 2 \N{MULTIPLICATION SIGN} TEA-ROSE-100",
            "at": at,
            "meta": "M. Chen, HH 07",
            "link_text": _("Undo"),
            "link_url": "#undo",
        },
        {
            "glyph": "route",
            "text": "Routed to Rotterdam + Shenzhen",
            "at": at - hour,
            "meta": "system",
            "link_text": _("why"),
            "link_url": "#why",
        },
        {
            "person": "Lin Yue",
            "text": "Gift, add the note. @PACK-3",
            "at": at - hour,
            "meta": "Lin Yue",
        },
        {
            "glyph": "shopping-bag",
            "text": "Order placed, EUR 131.70",
            "at": at - 2 * hour,
            "meta": "web shop DE",
        },
    ]


def steps() -> list[dict[str, str]]:
    """Return the step bar of an order being picked."""
    names = ("Confirmed", "Routed", "Released", "Picking", "Packed", "Shipped", "Delivered")
    return [
        {"text": name, "state": "done" if at < 3 else "now" if at == 3 else "todo"}
        for at, name in enumerate(names)
    ]


_ORDERS = (
    ("10231", "DE", "Li Wei 李薇", 4, "EUR", "131.70", (23, 25), "", "picking", "RTM + SZX"),
    ("10232", "NL", "Ann Bakker", 1, "EUR", "38.00", (23, 23), "38 min", "released", "RTM"),
    ("10228", "FR", "Émile Laurent", 2, "EUR", "52.80", (23, 23), "late", "attention", "RTM"),
    ("10236", "IT", "Sofia Rossi", 3, "EUR", "78.40", (23, 24), "", "packed", "RTM"),
    ("10219", "CN", "陈思远 Chen Siyuan", 6, "CNY", "1284.00", (23, 23), "", "shipped", "SZX"),
    ("10240", "DE", "Jonas Weber", 1, "EUR", "64.00", (24, 24), "", "routed", "RTM"),
    ("10241", "PL", "Marta Nowak", 2, "EUR", "29.80", (24, 24), "", "new", ""),
    ("10225", "SG", "Grace Liu 刘佳", 5, "USD", "212.50", (24, 24), "38 min", "held", "SZX"),
    ("10243", "GB", "Oliver Hughes", 2, "GBP", "44.60", (24, 25), "", "picking", "RTM"),
    ("10212", "SE", "Anna Lindqvist", 1, "EUR", "22.90", (24, 24), "", "delivered", "RTM"),
    ("10247", "CN", "王雨桐 Wang Yutong", 3, "CNY", "396.00", (24, 24), "", "packed", "SZX"),
    ("10248", "ES", "Pilar Moreno", 2, "EUR", "76.00", (25, 25), "", "routed", "RTM"),
    ("10204", "BE", "Tom Peeters", 1, "EUR", "14.90", (25, 25), "", "returned_part", "RTM"),
    ("10251", "JP", "Kaori Tanabe", 4, "USD", "118.20", (25, 25), "", "released", "SZX"),
    ("10252", "FR", "Hugo Martin", 1, "EUR", "38.00", (25, 25), "", "new", ""),
)


class SampleIndex:
    """The declaration the region template reads."""

    key = "sample-orders"
    title = "Orders"
    has_search = True
    note = "Promise in each warehouse's zone"
    empty = EmptyText(title="No orders yet")
    region_template = "components/index_region.html"


def promise_text(days: tuple[int, int], risk: str) -> SafeString | str:
    """Return the promise of a sample order: quiet, at risk, or late."""
    first, last = (dt.date(2026, 4, day) for day in days)
    text = formats.day_range(first, last, as_of=first)
    if not risk:
        return text
    if risk == "late":
        return format_html(
            '<span class="is-danger">{} {} · 1 day late</span>', icons.svg("clock-alert", 14), text
        )
    return format_html(
        '<span class="is-warn">{} {} · {}</span>', icons.svg("hourglass", 14), text, risk
    )


def index_rows(columns: list[Column], path: str) -> list[Row]:
    """Return fifteen orders as rows of an index page."""
    return [
        Row(
            pk=int(order[0]),
            url=f"#{order[0]}",
            peek_url=path,
            cells=list(
                zip(
                    columns,
                    (
                        order[0],
                        format_html("{} {}", ui.country(order[1]), order[2]),
                        order[3],
                        ui.money(Decimal(order[5]), order[4]),
                        promise_text(order[6], order[7]),
                        ui.chip("order", order[8]),
                        order[9] or "\N{EM DASH}",
                    ),
                    strict=True,
                )
            ),
        )
        for order in _ORDERS
    ]


def index_context(path: str) -> dict[str, Any]:
    """Return the context of an index page with fifteen orders."""
    columns = [
        Column("number", "Order"),
        Column("customer", "Customer"),
        Column("items", "Items", end=True),
        Column("total", "Total", end=True),
        Column("promise", "Promise", sort="promised_by"),
        Column("stage", "Status", bare=True),
        Column("warehouse", "From"),
    ]
    rows = index_rows(columns, path)
    tabs = (
        ("All", "812", 0),
        ("New", "41", 0),
        ("Needs attention", "7", 1),
        ("On hold", "12", 0),
        ("In fulfillment", "126", 0),
        ("Shipped", "318", 0),
        ("Delivered", "296", 0),
    )
    warehouse = Filter("from", "From", promoted=True)
    promise = Filter("promise", "Promise", kind="day", promoted=True)
    choices = [("RTM", "Rotterdam", True), ("SZX", "Shenzhen", True), ("LAX", "Los Angeles", False)]
    return {
        "index": SampleIndex,
        "state": IndexState(),
        "path": path,
        "canonical": "tab=all",
        "tabs": [
            TabLink(name, name, f"tab={name}", count, bool(hot), at == 0)
            for at, (name, count, hot) in enumerate(tabs)
        ],
        "filters": [
            FilterControl(warehouse, ("RTM", "SZX"), "Rotterdam, Shenzhen", "", choices, ()),
            FilterControl(promise, ("..2026-04-25",), "by Sat 25 Apr", "", (), ()),
        ],
        "more_filters": [FilterControl(Filter("channel", "Channel"), (), "", "", choices, ())],
        "heads": [
            Head(
                column,
                "sort=promised_by" if column.sort else "",
                "ascending" if column.sort else "",
            )
            for column in columns
        ],
        "rows": rows,
        "page": Page(rows, 1, "", "x"),
        "next_query": "after=x",
        "total": Count(148, is_capped=False),
        "total_text": "148",
        "can_select": True,
        "bulk_buttons": [
            BulkAction("hold", "Hold", "circle-pause", "catalogue", ""),
            BulkAction("assign", "Assign warehouse", "warehouse", "catalogue", ""),
        ],
        "bulk_menu": [BulkAction("tag", "Tag", "tag", "catalogue", "")],
        "sort_links": [("Promise \N{UPWARDS ARROW}", "sort=promised_by", True)],
        "column_choices": [(column, True) for column in columns],
        "now": clock.now(),
        "peek_steps": [{"text": "", "state": step["state"]} for step in steps()],
        "items": items(),
    }
