"""Words of proposals: steps of the arithmetic, reasons, sources; and the small drawing of cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import formats
from planning.domain.proposal_sums import Sign, Step, steps_of
from planning.models import Proposal

GLYPHS = {
    Sign.ADD: "+",
    Sign.TAKE: "\N{MINUS SIGN}",
    Sign.SUM: "=",
    Sign.ROUND: "\N{UPWARDS ARROW}",
}
STEPS: Mapping[str, Any] = {
    "DEMAND": gettext_lazy("Demand over lead time and review"),
    "SAFETY": gettext_lazy("Safety stock"),
    "TARGET": gettext_lazy("Target level"),
    "PARTNER": gettext_lazy("For buyers of an associated product"),
    "SEASON": gettext_lazy("For the season"),
    "EXPECTED": gettext_lazy("Expected repurchases"),
    "EXTRA": gettext_lazy("Asked for beyond the forecast"),
    "USABLE": gettext_lazy("Free stock"),
    "IN_TRANSIT": gettext_lazy("On the way"),
    "APPROVED": gettext_lazy("Ordered, not shipped yet"),
    "PENDING": gettext_lazy("Waits for approval"),
    "DRAFT": gettext_lazy("Drafted by the system"),
    "NEED": gettext_lazy("Needed"),
    "AS_NEEDED": gettext_lazy("As needed"),
    "ROUNDED": gettext_lazy("Rounded up"),
    "WAITS": gettext_lazy("Too few to order now"),
    "PRICE_BREAK": gettext_lazy("Up to the next price break"),
    "CUT": gettext_lazy("Cut to what the budget or the source allows"),
    "MOST": gettext_lazy("Most level (min/max mode)"),
    "LEAST": gettext_lazy("Least level (min/max mode)"),
    "BY_HAND": gettext_lazy("Level set by hand"),
}
#: Why a SKU has its band; why so many units.
REASONS: Mapping[str, Any] = {
    "FLAT_COVER": gettext_lazy("stock lasts fewer days than the limits of its policy"),
    "FASTEST_LEAD": gettext_lazy("it ends before the fastest order could arrive"),
    "REGULAR_LEAD": gettext_lazy("it ends before a regular order of the next review arrives"),
    "PACE": gettext_lazy("it sells 15 % faster than planned"),
    "ENOUGH": gettext_lazy("stock lasts long enough"),
    "NO_DEMAND": gettext_lazy("nothing is asked for"),
    "BY_HAND": gettext_lazy("a person set the band"),
    "MIN_MAX": gettext_lazy("no demand data: least and most levels (min/max mode)"),
    "GREEN": gettext_lazy("rests until its order-by date"),
    "AS_NEEDED": gettext_lazy("as needed"),
    "NO_NEED": gettext_lazy("nothing is missing"),
    "LEAST_ORDER": gettext_lazy("raised to the least order"),
    "PACKS": gettext_lazy("rounded up to whole packs"),
    "BELOW_LEAST_ORDER": gettext_lazy("too few for an order: waits for the next review"),
    "PAUSED": gettext_lazy("buying is paused"),
    "STOPPED": gettext_lazy("buying is stopped by its policy"),
    "NO_SUPPLIER": gettext_lazy("no supplier sells it: add one to its goods"),
    "PRICE_BREAK": gettext_lazy("raised to the next price break, which costs less"),
    "BUDGET": gettext_lazy("cut to what the budget of the month allows"),
    "WAIT": gettext_lazy("waiting costs least"),
    "PARTNER": gettext_lazy("bought after a SKU that is red"),
}
WARNINGS: Mapping[str, Any] = {
    "RED_BELOW_FASTEST_LEAD": gettext_lazy(
        "The red limit lies below the fastest lead time: red comes too late to help."
    ),
    "YELLOW_BELOW_REGULAR_LEAD": gettext_lazy(
        "The yellow limit lies below the regular lead time: yellow comes too late to order by sea."
    ),
}
BAND_KIND = {"red": "danger", "yellow": "warn", "green": "ok"}
WIDTH, HEIGHT = 72, 12


@dataclass(frozen=True)
class Line:
    """One line of the arithmetic as the page shows it."""

    glyph: str
    text: str
    note: str
    qty: int
    is_sum: bool
    is_last: bool


def reason_text(code: str) -> str:
    """Return the words of a reason code, or the code where it has none."""
    return str(REASONS.get(code, code))


def warning_text(code: str) -> str:
    """Return the words of a warning code."""
    return str(WARNINGS.get(code, code))


def arithmetic(terms: Mapping[str, Any]) -> list[Line]:
    """Return the lines that lead from demand to the computed units."""
    steps = steps_of(terms)
    return [
        Line(
            glyph=GLYPHS[step.sign] if place else "",
            text=str(STEPS.get(step.code, step.code)),
            note=_note(step),
            qty=step.qty,
            is_sum=step.sign == Sign.SUM,
            is_last=place == len(steps) - 1,
        )
        for place, step in enumerate(steps)
    ]


def _number(value: Any) -> str:
    return formats.number(Decimal(str(round(float(value or 0), 1))).normalize())


def _note(step: Step) -> str:
    data = step.data
    writer = NOTES.get(step.code)
    return writer(data) if writer is not None else ""


def _demand_note(data: Mapping[str, Any]) -> str:
    if data.get("lead_days") is None:
        return _("%(daily)s a day") % {"daily": _number(data.get("daily"))}
    return _("lead %(lead)s + review %(review)s days at %(daily)s a day") % {
        "lead": _number(data["lead_days"]),
        "review": _number(data.get("review_days")),
        "daily": _number(data.get("daily")),
    }


def _safety_note(data: Mapping[str, Any]) -> str:
    if data.get("service_level") is None:
        return ""
    return _("so that %(level)s %% of periods sell without a gap") % {
        "level": _number(float(data["service_level"]) * 100)
    }


def _usable_note(data: Mapping[str, Any]) -> str:
    parts = [_("on hand %(n)s") % {"n": data.get("on_hand") or 0}]
    words = (
        ("held", _("held %(n)s")),
        ("reserved", _("reserved %(n)s")),
        ("backordered", _("owed to customers %(n)s")),
    )
    parts += [text % {"n": data[name]} for name, text in words if data.get(name)]
    return ", ".join(parts)


def _partner_note(data: Mapping[str, Any]) -> str:
    if data.get("chance") is None:
        return str(data.get("name") or "")
    more = float(data.get("planned") or 0) - float(data.get("past") or 0)
    return _("%(chance)s %% of %(more)s more buyers of %(name)s") % {
        "more": _number(max(0.0, more)),
        "name": data.get("name") or "",
        "chance": _number(float(data["chance"]) * 100),
    }


def _round_note(data: Mapping[str, Any]) -> str:
    pack, least = int(data.get("pack") or 1), int(data.get("moq") or 1)
    parts = [_("packs of %(n)s") % {"n": pack}] if pack > 1 else []
    parts += [_("least order %(n)s") % {"n": least}] if least > 1 else []
    return ", ".join(parts)


NOTES = {
    "DEMAND": _demand_note,
    "SAFETY": _safety_note,
    "USABLE": _usable_note,
    "PARTNER": _partner_note,
    "SEASON": lambda data: str(data.get("name") or ""),
    "AS_NEEDED": _round_note,
    "ROUNDED": _round_note,
    "WAITS": _round_note,
    "PRICE_BREAK": _round_note,
    "MOST": lambda data: _("ordered at %(n)s and below") % {"n": data.get("min_qty")},
}


def source_text(row: Proposal) -> str:
    """Return from whom or where the units come; supplier and warehouse are joined."""
    if row.source_kind == Proposal.Source.PURCHASE and row.supplier is not None:
        return row.supplier.name
    if row.source_kind == Proposal.Source.TRANSFER and row.from_warehouse is not None:
        return _("Transfer from %(place)s") % {"place": row.from_warehouse.code}
    return str(row.get_source_kind_display()).capitalize()


def days_text(days: float | None) -> str:
    """Return days of cover in whole days; none end never."""
    if days is None:
        return _("endless")
    whole = int(days)
    return ngettext("%(n)s day", "%(n)s days", whole) % {"n": formats.number(whole)}


def cover_bar(days: float | None, band: str, lead_days: float, review_days: float) -> SafeString:
    """Return cover as a bar with a tick at the lead time; twice lead and review is full."""
    full = max(1.0, 2 * (lead_days + review_days))
    filled = WIDTH if days is None else round(min(1.0, days / full) * WIDTH)
    return format_html(
        '<svg class="cover-bar" viewBox="0 0 {w} {h}" width="{w}" height="{h}" aria-hidden="true">'
        '<rect class="cover-track" x="0" y="3" width="{w}" height="6" rx="3"></rect>'
        '<rect class="cover-fill cover-{kind}" x="0" y="3" width="{filled}" height="6" rx="3">'
        '</rect><rect class="cover-lead" x="{tick}" y="0" width="2" height="{h}"></rect></svg>',
        w=WIDTH,
        h=HEIGHT,
        kind=BAND_KIND.get(band, "ok"),
        filled=filled,
        tick=round(min(1.0, lead_days / full) * WIDTH),
    )
