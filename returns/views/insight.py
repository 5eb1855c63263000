"""Why things come back: reasons, goods, lots and suppliers, what it costs, and who returns."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, formats
from core.charts import Chart, Drawing, Line, draw
from core.permissions import Principal, RequireCapability
from core.tables.cells import csv_text
from returns.domain import insight
from returns.domain.insight import Back, Count, Share
from returns.forms.insight import DEFAULT_WEEKS, InsightForm
from returns.models import ReturnLine, ReturnMatch, ReturnReason
from returns.queries.insight_backs import Period, Reading, read_backs
from returns.queries.insight_figures import Figures, matched_history, read_figures, weekly

SEE, SEE_COST = "returns.view", "inventory.view_cost"
MOST_ROWS = 100


class InsightPage(RequireCapability, View):
    """A-18 and A-25: the reasons of a period, by goods, lot and supplier."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        form, period = _asked(request, self.principal)
        reading = read_backs(self.principal, period)
        words = _reason_words()
        rows = insight.matrix(reading.backs)
        context = {
            "form": form,
            "query": request.GET.urlencode(),
            "units": sum(back.qty for back in reading.backs),
            "unpriced": reading.unpriced_qty,
            "tiles": _tiles(read_figures(self.principal, period), reading, self.principal),
            "causes": [
                {"text": words.get(str(row.key[0]), _unsaid()), **_count(row, reading.currency)}
                for row in insight.by_cause(reading.backs)
            ],
            "goods": [
                {"text": row.key[0], **_count(row, reading.currency)}
                for row in insight.top_skus(reading.backs)
            ],
            "outcomes": _outcomes(reading),
            "rows": [_row(row, words, reading.currency) for row in rows[:MOST_ROWS]],
            "hidden": max(0, len(rows) - MOST_ROWS),
            **_trend(weekly(self.principal, period)),
            "history": _history(matched_history(self.principal)),
        }
        return render(request, "returns/insight.html", context)


class InsightFile(RequireCapability, View):
    """The whole table of reason, SKU, lot and supplier as CSV."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        _form, period = _asked(request, self.principal)
        reading = read_backs(self.principal, period)
        day = clock.now().astimezone(dt.UTC).date()
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        name = f'attachment; filename="returns-{day.isoformat()}.csv"'
        response.headers["Content-Disposition"] = name
        sheet = csv.writer(response, lineterminator="\r\n")
        heads = ("cause", "reason", "sku", "lot", "supplier", "supplier_is_usual", "units")
        sheet.writerow([*heads, "share", "paid_amount", "currency"])
        for row in insight.matrix(reading.backs):
            cells = [*row.key, row.qty, round(row.share, 4), f"{row.value:.2f}", reading.currency]
            sheet.writerow([csv_text(cell) for cell in cells])
        return response


def _asked(request: HttpRequest, principal: Principal) -> tuple[InsightForm, Period]:
    """Return the form and the whole weeks it asks for, up to now; nonsense asks for the default."""
    given = request.GET if request.GET else None
    form = InsightForm(given, principal=principal, initial={"weeks": DEFAULT_WEEKS})
    asked: dict[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
    now = clock.now()
    monday = now.astimezone(dt.UTC).date() - dt.timedelta(days=now.astimezone(dt.UTC).weekday())
    first = monday - dt.timedelta(weeks=(asked.get("weeks") or DEFAULT_WEEKS) - 1)
    since = dt.datetime.combine(first, dt.time(), tzinfo=dt.UTC)
    return form, Period(since, now, asked.get("channel", ""))


def _tiles(figures: Figures, reading: Reading, principal: Principal) -> list[dict[str, Any]]:
    money = [
        {
            "text": _("Cost per return"),
            "value": _money(figures.cost_per_return, reading.currency),
            "note": gettext("labels and waste of %(n)s returns") % {"n": figures.returns},
        }
    ]
    return [
        _tile(_("Return rate, units"), figures.rate),
        _tile(_("Return rate, orders"), figures.rate_orders),
        _tile(_("Sold again as new, by value"), figures.recovery, is_money=True),
        *(money if principal.may(SEE_COST) else []),
        {
            "text": _("Days from request to money"),
            "value": _days(figures.refund_days_p50),
            "note": gettext("9 of 10 within %(days)s") % {"days": _days(figures.refund_days_p90)},
        },
        _tile(_("Ordered again after a return"), figures.repeat),
        _tile(_("Ordered again without a return"), figures.repeat_others),
    ]


def _tile(text: Any, share: Share, *, is_money: bool = False) -> dict[str, Any]:
    numbers = [
        formats.number(value, 0 if is_money else None) for value in (share.part, share.whole)
    ]
    note = gettext("%(part)s of %(whole)s") % {"part": numbers[0], "whole": numbers[1]}
    return {"text": text, "value": _percent(share.rate), "note": note}


def _count(row: Count, currency: str) -> dict[str, Any]:
    return {
        "qty": row.qty,
        "share": _percent(row.share),
        "permille": round(row.share * 1000),
        "value": formats.money(row.value, currency),
    }


def _row(row: Count, words: Mapping[str, str], currency: str) -> dict[str, Any]:
    cause, reason, sku, lot, supplier, is_usual = row.key
    return {
        "cause": words.get(str(cause), _unsaid()),
        "reason": words.get(str(reason), "") if reason != cause else "",
        "sku": sku,
        "lot": lot,
        "supplier": supplier,
        "is_usual": is_usual and supplier,
        **_count(row, currency),
    }


def _outcomes(reading: Reading) -> list[dict[str, Any]]:
    words = dict(ReturnLine.Resolution.choices)
    return [
        {"text": words.get(str(row.key[0]), row.key[0]), **_count(row, reading.currency)}
        for row in insight.by_resolution(_asked_for(reading.backs))
    ]


def _asked_for(backs: Iterable[Back]) -> list[Back]:
    """Return what was asked for through us; imported returns do not say what customers got."""
    return [back for back in backs if back.cause]


def _trend(weeks: Sequence[tuple[dt.date, int, int]]) -> dict[str, Any]:
    return {
        "weeks": [
            {"on": on, "back": back, "sent": sent, "share": _percent(back / sent if sent else None)}
            for on, back, sent in reversed(weeks)
        ],
        "drawing": _drawing(weeks),
    }


def _drawing(weeks: Sequence[tuple[dt.date, int, int]]) -> Drawing:
    return draw(
        Chart(
            title=gettext("Units asked back by week"),
            desc=gettext("%(units)s units in %(weeks)s weeks")
            % {"units": sum(back for _on, back, _sent in weeks), "weeks": len(weeks)},
            labels=[formats.day(on) for on, _back, _sent in weeks],
            lines=[
                Line(
                    gettext("Asked back"),
                    [float(back) for _on, back, _sent in weeks],
                    has_points=True,
                )
            ],
            unit=gettext("units"),
        )
    )


def _history(found: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"text": text, "count": found[outcome]}
        for outcome, text in ReturnMatch.Outcome.choices
        if outcome in found
    ]


def _reason_words() -> dict[str, str]:
    is_chinese = (get_language() or "").startswith("zh")
    rows = ReturnReason.objects.order_by("pk").values_list("code", "name", "name_zh")
    return {code: (is_chinese and name_zh) or name for code, name, name_zh in rows}


def _unsaid() -> str:
    return gettext("No reason given")


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{formats.number(share * 100, 1)} %"


def _days(days: float | None) -> str:
    return "—" if days is None else formats.number(days, 1)


def _money(amount: Decimal | None, currency: str) -> str:
    return "—" if amount is None else formats.money(amount, currency)
