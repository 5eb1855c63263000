"""Forecasts in words: methods, figures of the past, and the terms that make a total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from core.templatetags import ui
from planning.domain.forecast_terms import badge
from planning.models import DemandEvent, SeriesOutlook
from planning.queries.forecast_card import Card
from planning.services.forecast_outlook import LIKE, POOLED, SIMPLE

MINUS = "\N{MINUS SIGN}"
KINDS = dict(DemandEvent.Kind.choices)


@dataclass(frozen=True)
class Term:
    """One line of the sum: what it is, and the units it brings."""

    text: str
    units: float
    is_total: bool = False

    @property
    def shown(self) -> str:
        """Return the units with their sign; a total has none."""
        plain = formats.number(abs(self.units), 1)
        if self.is_total:
            return plain
        return f"{MINUS if self.units < 0 else '+'}{plain}"


def method_text(row: SeriesOutlook) -> str:
    """Return what the forecast of a line rests on."""
    if row.method == POOLED:
        return _("chosen by its class")
    if row.method == SIMPLE:
        return _("simple rule: plain mean")
    if row.method == LIKE:
        return _("new product: by its like")
    return _("locked: %(method)s") % {"method": row.method}


def share_text(ratio: float | None) -> Any:
    """Return a share as percent, nothing where it is unknown."""
    return None if ratio is None else ui.percent(ratio)


def signed_share(ratio: float | None) -> Any:
    """Return a share with its sign: + = too much was forecast."""
    if ratio is None:
        return None
    return f"{MINUS if ratio < 0 else '+'}{formats.number(abs(ratio) * 100, 0)} %"


def accuracy_badge(row: SeriesOutlook) -> Any:
    """Return the badge of B-63: from 80 %, from 60 %, below, or not known yet."""
    accuracy = None if row.error_ratio is None else max(0.0, 1 - row.error_ratio)
    kind = badge(accuracy)
    if accuracy is None:
        return ui.tag(_("not known yet"), "circle-question-mark", "over")
    looks = {
        "eighty": ("circle-check", "ok"),
        "sixty": ("circle-dot", "info"),
        "below": ("triangle-alert", "warn"),
    }
    text = _("%(share)s %%") % {"share": formats.number(accuracy * 100, 0)}
    return ui.tag(text, *looks[kind])


def class_text(kind: str) -> str:
    """Return how a series sells."""
    return {
        "new": _("new: sold for under 8 weeks"),
        "short": _("young: sold for under 26 weeks"),
        "intermittent": _("sold in some weeks only"),
        "regular": _("sold in most weeks"),
        "sparse": _("rarely sold"),
    }.get(kind, kind)


def terms_of(card: Card) -> list[Term]:
    """Return the sum that leads from history to what counts, in words."""
    said = card.forecast.terms
    weeks = int(said.get("weeks_with_demand", 0))
    found = [
        Term(
            ngettext(
                "From %(n)s week with demand, over %(ahead)s weeks",
                "From %(n)s weeks with demand, over %(ahead)s weeks",
                weeks,
            )
            % {"n": weeks, "ahead": card.run.horizon_weeks},
            float(said.get("from_history", card.forecast.mean_qty)),
        )
    ]
    if "lock" in said:
        lock = said["lock"]
        text = _("Method locked to %(method)s: %(reason)s") % lock
        found.append(Term(text, float(lock["added"])))
    if "analogue" in said:
        found.append(_likeness(said["analogue"]))
    if "repurchase" in said:
        found.append(_repeats(said["repurchase"]))
    for event in said.get("events", ()):
        text = _("%(name)s (%(kind)s), times %(factor)s, %(first)s to %(last)s") % {
            "name": event["name"],
            "kind": KINDS.get(event["kind"], event["kind"]),
            "factor": formats.number(event["factor"], 2),
            "first": event["from_on"],
            "last": event["until_on"],
        }
        found.append(Term(text, float(event["added"])))
    entered = card.line.total_qty - card.forecast.mean_qty
    if card.line.is_overridden:
        found.append(Term(_("Entered by people in place of the forecast"), entered))
    found.append(Term(_("Counts for orders"), card.line.total_qty, is_total=True))
    return found


def _likeness(said: dict[str, Any]) -> Term:
    own = round(100 * said["weeks"] / (said["weeks"] + 1))
    values = {
        "like": said["like"],
        "times": formats.number(said["multiplier"], 2),
        "own": own,
    }
    if said["like"]:
        text = _("New product: like %(like)s times %(times)s; its own sales weigh %(own)s %%")
    else:
        text = _(
            "New product: the middle of its category times %(times)s; its own sales weigh"
            " %(own)s %%"
        )
    return Term(text % values, float(said.get("added", 0.0)))


def _repeats(said: dict[str, Any]) -> Term:
    values = {
        "counted": formats.number(said["counted"], 1),
        "implied": formats.number(said["implied"], 1),
    }
    text = _("Repeat customers: %(counted)s instead of %(implied)s that history holds")
    if said["is_capped"]:
        text = _(
            "Repeat customers: %(counted)s (at the limit of 40 %% more or 30 %% less) instead of"
            " %(implied)s that history holds"
        )
    return Term(text % values, float(said["added"]))


def event_scope(event: DemandEvent) -> str:
    """Return in words what an event speaks of."""
    parts = [
        event.sku.code if event.sku else event.category,
        event.warehouse.code if event.warehouse else "",
        event.channel.code if event.channel else "",
    ]
    return " · ".join(filter(None, parts)) or _("everything")
