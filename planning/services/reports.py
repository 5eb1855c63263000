"""F5: the planning reports, each a table with figures above it and, where weeks run, a chart."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.charts import Chart, Drawing, Line, draw
from core.permissions import Principal
from core.services import rates
from core.tables.cells import csv_text
from fulfillment.models import InsertCampaign
from fulfillment.services import insert_reports
from planning.queries import report_demand, report_expedite, report_stock

#: A campaign costs several statements; the newest are compared, each has a page of its own.
CAMPAIGNS: Final = 2
TITLES: Final[Mapping[str, object]] = {
    "stock": gettext_lazy("Stock value and age"),
    "expiry": gettext_lazy("Expiry"),
    "service": gettext_lazy("Service level"),
    "accuracy": gettext_lazy("Forecast accuracy"),
    "expedite": gettext_lazy("Expedited purchases"),
    "returns": gettext_lazy("Returns"),
    "inserts": gettext_lazy("Effect of inserts"),
}
Cell = str | int | float | Decimal | dt.date | None


class UnknownReport(LookupError):
    """There is no report of this name."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report in the reader's language: `rows` hold plain values, for the page and the file.

    `note` says how it is counted. `money` names the columns (by place) in the base currency,
    `shares` those that are shares.
    """

    code: str
    title: str
    note: str
    tiles: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str
    money: frozenset[int] = frozenset()
    shares: frozenset[int] = frozenset()
    drawing: Drawing | None = None


def build(code: str, principal: Principal, *, as_of: dt.datetime) -> Report:
    """Return a report over the warehouses in the principal's reach, in the active language.

    Values in money are left out for those who may not see costs or prices.

    Raises:
        UnknownReport: there is none of this name.
        NotPermitted: the principal may not see planning.
    """
    principal.require("planning.view")
    maker = _MAKERS.get(code)
    if maker is None:
        raise UnknownReport(code)
    return maker(principal, as_of)


def file_of(report: Report) -> bytes:
    """Return the table of a report as CSV (UTF-8 with mark), shares as fractions of 1."""
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow([csv_text(word) for word in report.columns])
    sheet.writerows([csv_text(value) for value in row] for row in report.rows)
    return text.getvalue().encode("utf-8-sig")


def _stock(principal: Principal, as_of: dt.datetime) -> Report:
    ages = report_stock.stock_ages(principal, as_of=as_of)
    sees = principal.may("inventory.view_cost")
    total = sum((age.amount for age in ages), Decimal(0))
    old = sum((age.amount for age in ages if age.after >= report_stock.AGES[2]), Decimal(0))
    units = sum(age.qty for age in ages)
    uncosted = sum(age.uncosted_qty for age in ages)
    tiles = [(_("Units"), formats.number(units))]
    if sees:
        tiles = [
            (_("Stock value"), formats.money(total, rates.base_currency())),
            *tiles,
            (_("Older than 180 days, by value"), _share(old / total if total else None)),
            (_("Units without a cost"), formats.number(uncosted)),
        ]
    columns = [_("Age (days)"), _("Units")]
    columns += [_("Value"), _("Share of the value"), _("Units without a cost")] if sees else []
    rows: list[Sequence[Cell]] = []
    for age in ages if units else []:
        span = f"{age.after}-{age.until}" if age.until else f"> {age.after}"
        part = float(age.amount / total) if total else None
        rows.append([span, age.qty, *([age.amount, part, age.uncosted_qty] if sees else [])])
    return Report(
        "stock",
        str(TITLES["stock"]),
        _("What is left of each receipt at its own cost with landed costs, first in first out."),
        tiles,
        columns,
        rows,
        _("No stock in your warehouses."),
        money=frozenset({2}) if sees else frozenset(),
        shares=frozenset({3}) if sees else frozenset(),
    )


def _expiry(principal: Principal, as_of: dt.datetime) -> Report:
    today = as_of.astimezone(dt.UTC).date()
    lots = report_stock.expiring(principal, today=today)
    words = {0: _("Expired, units"), 30: _("Within 30 days, units"), 60: _("31 to 60 days, units")}
    tiles = [
        (words[end], formats.number(units))
        for end, units in report_stock.by_life(lots, today=today)
        if end in words
    ]
    return Report(
        "expiry",
        str(TITLES["expiry"]),
        _("Units on shelves that expire within 180 days, or did."),
        tiles,
        [_("SKU"), _("Lot"), _("Warehouse"), _("Units"), _("Expires on"), _("Days left")],
        [
            [
                lot.sku,
                lot.lot,
                lot.warehouse,
                lot.qty,
                lot.expires_on,
                (lot.expires_on - today).days,
            ]
            for lot in lots
        ],
        _("Nothing on the shelves expires within 180 days."),
    )


def _service(principal: Principal, as_of: dt.datetime) -> Report:
    weeks = report_demand.served(principal, today=as_of.astimezone(dt.UTC).date())
    asked = sum(week.asked_qty for week in weeks)
    lost = sum(week.lost_qty for week in weeks)
    met = asked - sum(week.out_qty for week in weeks)
    tiles = [
        (_("Service level, 12 weeks"), _share(met / (asked + lost) if asked + lost else None)),
        (_("Units asked for"), formats.number(asked)),
        (_("Likely lost, units (estimate)"), formats.number(round(lost))),
    ]
    chart = Chart(
        _("Service level by week"),
        _("Percent of the demand that was met from stock."),
        [week.week_on.strftime("%m-%d") for week in weeks],
        (Line(_("Service level"), [_hundred(week.level) for week in weeks], "history"),),
        unit="%",
    )
    return Report(
        "service",
        str(TITLES["service"]),
        _("Demand on days with stock as a share of all demand, with what was likely lost without."),
        tiles,
        [
            _("Week"),
            _("Units asked for"),
            _("Of them without stock"),
            _("Likely lost (estimate)"),
            _("Service level"),
        ],
        [
            [one.week_on, one.asked_qty, one.out_qty, round(one.lost_qty, 1), one.level]
            for one in weeks
        ]
        if asked
        else [],
        _("No demand in the last 12 weeks. Import orders or wait for the first week."),
        shares=frozenset({4}),
        drawing=draw(chart) if asked else None,
    )


def _accuracy(principal: Principal, as_of: dt.datetime) -> Report:
    weeks = report_demand.accuracy(principal, today=as_of.astimezone(dt.UTC).date())
    sold = sum(week.actual for week in weeks)
    said = sum(week.forecast for week in weeks)
    error = sum(week.error for week in weeks)
    tiles = [
        (_("Error (WAPE)"), _share(error / sold if sold else None)),
        (_("Bias"), _share((said - sold) / sold if sold else None)),
        (_("Weeks judged"), formats.number(len(weeks))),
    ]
    chart = Chart(
        _("Forecast and sold by week"),
        _("Units of all series, forecast one lead time before."),
        [week.week_on.strftime("%m-%d") for week in weeks],
        (
            Line(_("Sold"), [week.actual for week in weeks], "history"),
            Line(_("Forecast"), [week.forecast for week in weeks], "forecast"),
        ),
        unit=_("units"),
    )
    return Report(
        "accuracy",
        str(TITLES["accuracy"]),
        _("Each SKU by what was forecast one lead time before the week. Bias above 0 = too high."),
        tiles,
        [_("Week"), _("Forecast"), _("Sold"), _("Error (WAPE)"), _("Bias")],
        [
            [week.week_on, round(week.forecast, 1), round(week.actual, 1), week.wape, week.bias]
            for week in weeks
        ],
        _("No week was judged yet. One is once a forecast is as old as the lead time."),
        shares=frozenset({3, 4}),
        drawing=draw(chart) if len(weeks) > 1 else None,
    )


def _expedite(principal: Principal, as_of: dt.datetime) -> Report:
    months = report_expedite.expedited(principal, today=as_of.astimezone(dt.UTC).date())
    sees = principal.may("suppliers.view_prices")
    total = sum((month.amount for month in months), Decimal(0))
    fast = sum((month.fast_amount for month in months), Decimal(0))
    forced = sum((month.forced_amount for month in months), Decimal(0))
    tiles = [
        (_("Because stock was out"), _share(forced / total if total else None)),
        (_("By air or express"), _share(fast / total if total else None)),
        (_("Of what went fast, because stock was out"), _share(forced / fast if fast else None)),
    ]
    chart = Chart(
        _("Expedited purchases by month"),
        _("Percent of the value of all purchases sent in the month."),
        [month.first_on.strftime("%Y-%m") for month in months],
        (
            Line(_("By air or express"), [_hundred(one.fast_share) for one in months], "a"),
            Line(_("Because stock was out"), [_hundred(one.forced_share) for one in months], "b"),
        ),
        unit="%",
    )
    columns = [
        _("Month"),
        _("Lines"),
        _("By air or express"),
        _("Because stock was out"),
        _("Fast, by value"),
        _("Because stock was out, by value"),
    ]
    rows: list[Sequence[Cell]] = [
        [
            one.first_on.strftime("%Y-%m"),
            one.lines,
            one.fast_lines,
            one.forced_lines,
            one.fast_share,
            one.forced_share,
            *([one.amount, one.forced_amount] if sees else []),
        ]
        for one in months
    ]
    return Report(
        "expedite",
        str(TITLES["expedite"]),
        _("Lines sent by air or express while their SKU was out of stock where they go."),
        tiles,
        columns + ([_("Value"), _("Value because stock was out")] if sees else []),
        rows,
        _("No purchase order was sent in the last 12 months."),
        money=frozenset({6, 7}) if sees else frozenset(),
        shares=frozenset({4, 5}),
        drawing=draw(chart) if len(months) > 1 else None,
    )


def _returns(principal: Principal, as_of: dt.datetime) -> Report:
    found = report_demand.returned(principal, today=as_of.astimezone(dt.UTC).date())
    back = sum(row["back"] for row in found)
    return Report(
        "returns",
        str(TITLES["returns"]),
        _("Units that came back in 26 weeks. Returns show why."),
        [(_("Units returned"), formats.number(back))],
        [_("SKU"), _("Returned"), _("Sold"), _("Share")],
        [
            [
                row["sku__code"],
                row["back"],
                row["sold"],
                row["back"] / row["sold"] if row["sold"] else None,
            ]
            for row in found
        ],
        _("No return is known. Import past returns with their orders."),
        shares=frozenset({3}),
    )


def _inserts(principal: Principal, as_of: dt.datetime) -> Report:
    campaigns = InsertCampaign.objects.exclude(state="draft").order_by("-valid_from_on", "-pk")
    rows: list[Sequence[Cell]] = []
    for campaign in campaigns[:CAMPAIGNS]:
        found = insert_reports.report(campaign, as_of=as_of)
        effect = found.effect
        rows.append(
            [
                campaign.code,
                effect.treated.customers,
                effect.control.customers,
                effect.treated.share,
                effect.control.share,
                effect.difference,
                _("yes") if effect.is_sure else _("not yet"),
            ]
        )
    return Report(
        "inserts",
        str(TITLES["inserts"]),
        _("Customers who ordered again, with the insert and without; the newest campaigns."),
        [],
        [
            _("Campaign"),
            _("With insert"),
            _("Control group"),
            _("Again, with insert"),
            _("Again, control"),
            _("Difference"),
            _("Sure (95 %)"),
        ],
        rows,
        _("No campaign ran yet."),
        shares=frozenset({3, 4, 5}),
    )


def _hundred(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _share(share: float | Decimal | None) -> str:
    return "—" if share is None else f"{formats.number(share * 100, 1)} %"


_MAKERS: Final[Mapping[str, Callable[[Principal, dt.datetime], Report]]] = {
    "stock": _stock,
    "expiry": _expiry,
    "service": _service,
    "accuracy": _accuracy,
    "expedite": _expedite,
    "returns": _returns,
    "inserts": _inserts,
}
