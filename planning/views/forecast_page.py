"""F2: one SKU's forecast: chart and table, what makes it, who changed it, how good it was."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views import View

from core import charts, clock, formats
from core.models import User
from core.permissions import RequireCapability
from planning.models import SeriesOutlook
from planning.queries import forecasts as reads
from planning.queries.forecast_card import PAST_WEEKS, Card, read_card
from planning.queries.season_contrast import contrast_of
from planning.views import forecast_words as words
from planning.views.season_words import contrast_text, evidence_text

VIEW, MANAGE = "planning.view", "planning.manage"


class ForecastPage(RequireCapability, View):
    """The newest forecast of a SKU at a warehouse; `?run=` lays an earlier one beside it."""

    capability = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        line = get_object_or_404(self._lines(), pk=pk)
        asked = request.GET.get("run", "")
        now = clock.now()
        then_run = int(asked) if _is_id(asked) else None
        card = read_card(line, now=now, checked_at=line.checked_at, then_run=then_run)
        context = {
            "line": line,
            "card": card,
            "drawing": charts.draw(_chart(card)),
            "weeks": _rows(card),
            "terms": words.terms_of(card),
            "channels": [(row.channel, row.mean_qty) for row in card.channels],
            "class_text": words.class_text(card.forecast.kind),
            "method": words.method_text(line),
            "season": _season(line, now.date()),
            "badge": words.accuracy_badge(line),
            "bias": words.signed_share(line.bias_ratio),
            "overrides": _overrides(card, now.date()),
            "changes": [(row, _reason(row.reason)) for row in card.changes],
            "outcomes": [(row, row.forecast_qty - row.actual_qty) for row in card.outcomes],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/forecast_sku.html", context)

    def _lines(self) -> QuerySet[Any]:
        mine = SeriesOutlook.objects.visible_to(self.principal).values("pk")
        rows = reads.lines().filter(pk__in=mine)
        return rows.select_related("sku__product", "warehouse", "forecast__run")


def _season(line: SeriesOutlook, today: Any) -> dict[str, Any] | None:
    """Return the season as a ratio, in percent, and how far it is known (B-07)."""
    contrast = contrast_of(line.sku_id, line.warehouse, today=today)
    if contrast is None:
        return None
    return {
        "ratio": contrast.ratio,
        "text": contrast_text(contrast),
        "evidence": evidence_text(contrast),
    }


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _chart(card: Card) -> charts.Chart:
    """Return the chart: what was sold, what is expected with its range, what people entered."""
    weeks = card.weeks
    join = card.now_at - 1
    expected = [week.expected for week in weeks]
    expected[join] = weeks[join].sold  # the line goes on from the last week sold
    lines = [
        charts.Line(_("Sold"), [week.sold for week in weeks], "history"),
        charts.Line(_("Forecast"), expected, "forecast"),
    ]
    if any(week.is_entered for week in weeks):
        entered = [week.counted if week.is_entered else None for week in weeks]
        lines.append(charts.Line(_("Entered"), entered, "entered", has_points=True))
    if card.then is not None:
        name = _("Said on %(day)s") % {"day": card.then.run.as_of.date().isoformat()}
        then = [week.then for week in weeks]
        lines.append(charts.Line(name, then, "then", is_dotted=True))
    band = charts.Band(
        _("9 weeks of 10 lie here"), [week.low for week in weeks], [week.high for week in weeks]
    )
    last = len(weeks) - 1
    spans = [
        charts.Span(
            f"{event.name} ({event.get_kind_display()})",
            card.place(event.from_on),
            card.place(event.until_on),
            event.kind,
        )
        for event in (*card.events, *card.odd_days)
    ]
    spans += [
        charts.Span(
            _("Out of stock"), card.place(span.from_on), card.place(span.until_on), "stockout"
        )
        for span in card.outages
    ]
    return charts.Chart(
        title=_("Demand of %(sku)s at %(place)s by week")
        % {"sku": card.line.sku.code, "place": card.line.warehouse.code},
        desc=_(
            "Sold until %(day)s, then the forecast of %(n)s weeks: %(total)s units, %(low)s to"
            " %(high)s in 9 of 10 cases. The table below holds the same numbers."
        )
        % {
            "day": weeks[join].on.isoformat(),
            "n": card.run.horizon_weeks,
            "total": formats.number(card.line.total_qty, 0),
            "low": formats.number(card.forecast.low_qty, 0),
            "high": formats.number(card.forecast.high_qty, 0),
        },
        labels=[week.on.strftime("%m-%d") for week in weeks],
        lines=lines,
        bands=[band],
        spans=[span for span in spans if span.last >= 0 and span.first <= last],
        now=card.now_at,
        unit=_("units a week"),
    )


def _rows(card: Card) -> list[dict[str, Any]]:
    """Return the weeks as the table shows them, those to come first, then the past backwards."""
    ahead, past = card.weeks[PAST_WEEKS:], card.weeks[:PAST_WEEKS][::-1]
    return [
        {
            "week": week,
            "is_ahead": place < len(ahead),
            "events": [
                event.name
                for event in (*card.events, *card.odd_days)
                if card.place(event.from_on) <= card.place(week.on) <= card.place(event.until_on)
            ],
            "is_out": any(
                card.place(span.from_on) <= card.place(week.on) <= card.place(span.until_on)
                for span in card.outages
            ),
        }
        for place, week in enumerate((*ahead, *past))
    ]


def _overrides(card: Card, today: Any) -> list[dict[str, Any]]:
    """Return the overrides with their author and whether they count."""
    numbers = [row.author_key.removeprefix("user:") for row in card.overrides]
    known = User.objects.in_bulk([int(number) for number in numbers if _is_id(number)])
    names = {f"user:{pk}": str(user) for pk, user in known.items()}
    return [
        {
            "row": row,
            "author": names.get(row.author_key, row.author_key),
            "counts": row.withdrawn_at is None and row.expires_on >= today,
        }
        for row in card.overrides
    ]


def _reason(code: str) -> str:
    return {
        "STOCKOUT": _("out of stock"),
        "SPIKE": _("spike"),
        "MARKED": _("left out by hand"),
        "PROJECT": _("project order"),
    }.get(code, code)
