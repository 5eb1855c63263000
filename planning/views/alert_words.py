"""What the pages of alerts say: severity, the next step, conditions of rules in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import formats
from core.permissions import Principal, current_principal
from core.templatetags import ui
from planning.domain.alert_words import CONDITIONS
from planning.models import Alert, AlertRule
from planning.services.alert_telling import words_of

CHIPS = {3: "critical", 2: "high", 1: "low"}
SEE_ORDERS = "suppliers.view"
TRANSFER = "inventory.transfer"

#: Suggestions that a proposal answers.
BUYING = frozenset({"REPLENISH_FAST", "REPLENISH", "AIR_BATCH"})
#: Suggestion code -> what to do next, as a verb with its noun.
STEPS: dict[str, Any] = {
    "REPLENISH_FAST": _("Open proposal"),
    "REPLENISH": _("Open proposal"),
    "AIR_BATCH": _("Open proposal"),
    "PROMOTE": _("Plan promotion"),
    "CLEARANCE": _("Plan clearance"),
    "STOP_BUYING": _("Plan clearance"),
    "WRITE_OFF": _("Open lot"),
    "CHASE": _("Chase supplier"),
    "CHECK_FORECAST": _("Check forecast"),
    "CHECK_GOODS": _("Open SKU"),
    "PRINT": _("Open inserts"),
}


def severity_chip(row: Alert) -> Any:
    """Return the chip of an alert's severity; a suggestion is no call."""
    if row.severity == Alert.Severity.NOTICE:
        return ui.tag(gettext("Suggestion"), "info")
    return ui.chip("alert", CHIPS[row.severity])


def age_of(row: Alert, now: dt.datetime) -> str:
    """Return how long ago the alert was raised."""
    return formats.span(max(now - row.raised_at, dt.timedelta()))


def next_step(row: Alert, principal: Principal | None = None) -> tuple[Any, str]:
    """Return the text and the path of what to do next; no path where the reader may not go.

    `row.proposal_id` is the proposal that waits for the pair, where the rows carry it.
    """
    principal = principal or current_principal()
    code = row.suggestion.get("code", "")
    if code in BUYING and not getattr(row, "proposal_id", None):
        return _("Open planning of the SKU"), _path(row, principal)
    return STEPS.get(code, _("Open SKU")), _path(row, principal)


def _path(row: Alert, principal: Principal) -> str:
    code = row.suggestion.get("code", "")
    found = ""
    if code in BUYING and getattr(row, "proposal_id", None):
        found = _url("proposal-card", row.proposal_id)
    elif code == "CHASE" and principal.may(SEE_ORDERS):
        is_order = row.purchase_order_id is not None
        found = _url(
            "purchase-order" if is_order else "arrival", row.purchase_order_id or row.asn_id
        )
    elif code == "WRITE_OFF" and principal.may("inventory.view"):
        found = _url("lot", row.lot_id)
    elif code == "CHECK_FORECAST":
        found = _url("forecast-sku", row.sku_id)
    elif code == "PRINT" and principal.may("fulfillment.view"):
        found = _url("campaigns-index")
    return found or (_url("sku-planning", row.sku_id) if row.sku_id else "")


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def other_steps(row: Alert, principal: Principal) -> list[tuple[Any, str]]:
    """Return what else could be done: move the stock, look at the plan of the SKU."""
    found: list[tuple[Any, str]] = []
    movable = row.kind in {"low_cover", "overstock", "dead_stock", "expiry"}
    if movable and principal.may(TRANSFER):
        found.append((_("Create transfer"), _url("transfer-new")))
    if row.sku_id:
        found.append((_("Open planning of the SKU"), _url("sku-planning", row.sku_id)))
    if row.kind in {"low_cover", "order_due", "demand_pace"}:
        found.append((_("All proposals"), _url("proposal-index")))
    main = next_step(row, principal)[1]
    return [(text, url) for text, url in found if url and url != main]


def step_cell(row: Alert) -> Any:
    """Return the link to the next step; the key `e` follows it."""
    text, url = next_step(row)
    if not url:
        return text
    return format_html('<a class="btn btn-sm" href="{}" data-edit>{}</a>', url, text)


def reason_cell(row: Alert) -> Any:
    """Return what it is about and the sentence with its number."""
    return format_html(
        '<span class="two alert-why"><b>{}</b><small>{}</small></span>',
        row.get_kind_display(),
        words_of(row),
    )


def suggestion_text(row: Alert) -> str:
    """Return what could be done, in words; drafts wait for a person."""
    found = row.suggestion
    code = found.get("code", "")
    if code == "AIR_BATCH":
        return _air_text(found)
    if code in {"CLEARANCE", "STOP_BUYING"}:
        percent = found.get("discount_pct")
        if percent is None:
            return gettext(
                "Draft: clear %(units)s units. The price is unknown, so no discount is proposed."
            ) % {"units": found["units"]}
        if percent == 0:
            return gettext(
                "Draft: %(units)s units. The price is at the margin floor: bundle or move them."
            ) % {"units": found["units"]}
        return gettext(
            "Draft: clear %(units)s units at up to %(percent)s %% off, which keeps the margin "
            "floor. Nothing starts before someone approves."
        ) % {"units": found["units"], "percent": percent}
    if code == "PROMOTE":
        return gettext("Show it more for %(units)s units, without a discount.") % {
            "units": found["units"]
        }
    return ""


def _air_text(found: dict[str, Any]) -> str:
    price = gettext(
        "A price %(percent)s %% higher would slow it down; a person decides on prices."
    ) % {"percent": found["price_pct"]}
    air = found.get("air")
    if not air or "cost" not in air:
        return f"{gettext('Order an air batch: the proposal compares its cost.')} {price}"
    batch = gettext("An air batch of %(units)s units is expected to cost %(cost)s.") % {
        "units": air.get("qty", "?"),
        "cost": ui.qty(Decimal(str(air["cost"])).quantize(Decimal(1))),
    }
    return f"{batch} {price}"


def condition_of(rule: AlertRule) -> str:
    """Return what a rule watches, for which goods, in words."""
    spoken = str(gettext(CONDITIONS[rule.kind])) % {
        "warn": _plain(rule.warn_limit if rule.warn_limit is not None else rule.critical_limit)
    }
    parts = [spoken]
    if rule.kind == "low_cover":
        red = gettext("red only: the fastest order comes too late, or cover is below its red limit")
        both = gettext("yellow and red, by days of cover and by lead times")
        parts.append(red if rule.least_band == "red" else both)
    if rule.critical_limit is not None and rule.warn_limit is not None:
        worst = _("buying stops from %(n)s") if rule.kind == "overstock" else _("graver from %(n)s")
        parts.append(str(worst) % {"n": _plain(rule.critical_limit)})
    if rule.notice_limit is not None:
        parts.append(gettext("suggested from %(n)s") % {"n": _plain(rule.notice_limit)})
    if rule.least_units > 1:
        parts.append(gettext("at least %(n)s units") % {"n": rule.least_units})
    return "; ".join(parts)


def scope_of(rule: AlertRule) -> str:
    """Return for which goods a rule is."""
    place = rule.warehouse.code if rule.warehouse else gettext("all warehouses")
    category = rule.category or gettext("all categories")
    return f"{place}, {category}"


def channels_of(rule: AlertRule) -> str:
    """Return how people are told, and when they are not."""
    found = []
    if rule.in_app:
        found.append(gettext("under the bell"))
    if rule.by_mail:
        found.append(gettext("daily mail"))
    told = ", ".join(found) or gettext("nobody is told")
    if rule.quiet_from is None or rule.quiet_until is None:
        return told
    quiet = gettext("quiet %(a)s to %(b)s %(zone)s") % {
        "a": f"{rule.quiet_from:%H:%M}",
        "b": f"{rule.quiet_until:%H:%M}",
        "zone": rule.quiet_zone,
    }
    return f"{told}; {quiet}"


def _plain(value: Decimal | None) -> str:
    return "\N{EM DASH}" if value is None else f"{value.normalize():f}"


ACTIONS: dict[str, Any] = {
    "planning.alert_acknowledged": _("Taken up"),
    "planning.alert_snoozed": _("Snoozed"),
    "planning.alert_dismissed": _("Dismissed"),
    "planning.alert_reopened": _("Dismissal taken back"),
    "planning.alert_assigned": _("Handed over"),
    "planning.alert_woken": _("Open again"),
    "planning.alert_resolved": _("Resolved by itself"),
    "planning.alert_escalated": _("Escalated"),
}


def state_word(row: Alert) -> str:
    """Return the word of a state."""
    return str(row.get_state_display())
