"""The sentences of alerts, in English and marked for translation; the numbers are their terms.

`gettext` at the border turns a sentence into the reader's language. A sentence names what holds
and how bad it is; what to do next stands beside it as a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.errors import gettext_noop

SENTENCES: Final[Mapping[str, str]] = {
    "RED_FLAT_COVER": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s, below %(limit)s: %(units)s units at "
        "%(daily)s a day."
    ),
    "RED_FASTEST_LEAD": gettext_noop(
        "%(sku)s lasts %(near_days)s days in %(place)s with what lands soon; the fastest order "
        "takes %(limit)s."
    ),
    "RED_COVERED": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s, but a confirmed arrival lands before it ends."
    ),
    "RED_BY_HAND": gettext_noop("%(sku)s in %(place)s was set to red by hand."),
    "RED_MIN_MAX": gettext_noop(
        "%(sku)s in %(place)s is below its least stock: %(units)s units are left."
    ),
    "YELLOW_FLAT_COVER": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s, not more than %(limit)s: order in the normal "
        "cycle."
    ),
    "YELLOW_REGULAR_LEAD": gettext_noop(
        "%(sku)s lasts %(position_days)s days in %(place)s with all on order; an order at the next "
        "review takes %(limit)s."
    ),
    "YELLOW_COVERED": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s, and a confirmed arrival lands in time."
    ),
    "YELLOW_PACE": gettext_noop(
        "%(sku)s in %(place)s sells faster than planned; it lasts %(days)s days."
    ),
    "YELLOW_BY_HAND": gettext_noop("%(sku)s in %(place)s was set to yellow by hand."),
    "YELLOW_MIN_MAX": gettext_noop(
        "%(sku)s in %(place)s nears its least stock: %(units)s units are left."
    ),
    "ORDER_BY": gettext_noop(
        "Order %(units)s %(sku)s for %(place)s by %(on)s: goods take %(lead)s days."
    ),
    "ORDER_LATE": gettext_noop(
        "The order of %(units)s %(sku)s for %(place)s was due on %(on)s; goods take %(lead)s days."
    ),
    "PROMOTE": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s. Show it more, without a discount: %(units)s "
        "units are beyond %(limit)s days."
    ),
    "CLEAR": gettext_noop(
        "%(sku)s in %(place)s turns over in %(value)s days. %(units)s units are beyond %(limit)s "
        "days: a clearance is drafted."
    ),
    "STOP": gettext_noop(
        "%(sku)s lasts %(days)s days in %(place)s. Stop buying it and clear %(units)s units."
    ),
    "EXPIRES": gettext_noop(
        "%(units)s of %(of)s units of %(sku)s, lot %(lot)s in %(place)s, will not be sold by "
        "%(on)s."
    ),
    "EXPIRED": gettext_noop(
        "%(units)s units of %(sku)s, lot %(lot)s in %(place)s, should have left by %(on)s."
    ),
    "ARRIVAL_LATE": gettext_noop(
        "Arrival %(number)s of %(supplier)s with %(units)s units for %(place)s is %(late)s days "
        "late."
    ),
    "SHIPMENT_LATE": gettext_noop(
        "Order %(number)s at %(supplier)s: %(units)s units for %(place)s are %(late)s days late "
        "and not announced."
    ),
    "AHEAD": gettext_noop(
        "%(sku)s in %(place)s sold %(sold)s units in 7 days, %(percent)s %% above the planned "
        "%(planned)s."
    ),
    "UNDER_FORECAST": gettext_noop(
        "%(sku)s in %(place)s sold %(sold)s units in %(weeks)s weeks, forecast were %(forecast)s: "
        "%(percent)s %% too few."
    ),
    "OVER_FORECAST": gettext_noop(
        "%(sku)s in %(place)s sold %(sold)s units in %(weeks)s weeks, forecast were %(forecast)s: "
        "%(percent)s %% too many."
    ),
    "STOPPED_SELLING": gettext_noop(
        "Nobody ordered %(sku)s in %(place)s for %(idle)s days; %(units)s units lie there."
    ),
    "NEVER_SOLD": gettext_noop(
        "%(sku)s lies in %(place)s for %(idle)s days and was never ordered: %(units)s units."
    ),
    "RETURNS": gettext_noop(
        "%(returned)s of %(sold)s units of %(sku)s in %(place)s came back in 28 days: "
        "%(percent)s %%."
    ),
    "INSERTS_LOW": gettext_noop(
        "Insert %(sku)s lasts %(days)s days in %(place)s: %(units)s left for %(campaigns)s."
    ),
    "INSERTS_OUT": gettext_noop(
        "Insert %(sku)s is used up in %(place)s; %(campaigns)s goes on without it."
    ),
}
#: What an alert of an unknown reason says: rows may be older than the code.
UNKNOWN: Final = gettext_noop("%(sku)s in %(place)s needs a look.")

#: What a rule watches, in words, by kind; `%(notice)s`, `%(warn)s`, `%(critical)s` are its limits.
CONDITIONS: Final[Mapping[str, str]] = {
    "low_cover": gettext_noop("Stock ends too soon"),
    "order_due": gettext_noop("Green, yet the day to order is %(warn)s days away or less"),
    "overstock": gettext_noop("Stock turns over in more than %(warn)s days"),
    "expiry": gettext_noop("Units will not be sold by their last day, %(warn)s days ahead or less"),
    "late_inbound": gettext_noop("Goods are late by %(warn)s days or more"),
    "demand_pace": gettext_noop("7 days sold %(warn)s %% or more above the plan"),
    "forecast_miss": gettext_noop("4 weeks missed their forecast by %(warn)s %% or more"),
    "dead_stock": gettext_noop("Nobody ordered it for %(warn)s days or more"),
    "returns_spike": gettext_noop("%(warn)s %% or more of 28 days came back"),
    "insert_stock": gettext_noop("Inserts last %(warn)s days or less"),
}


def sentence_of(
    reason: str, terms: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str, dict[str, str | int]]:
    """Return the English sentence of an alert and its data, for `gettext` and for a notice.

    `names` gives `sku` and `place`. A number that is missing shows as a dash.
    """
    text = SENTENCES.get(reason, UNKNOWN)
    data: dict[str, str | int] = {"sku": "", "place": "", **names}
    for name, value in terms.items():
        if name not in names:
            data[name] = _shown(value)
    wanted = {part.split(")", 1)[0] for part in text.split("%(")[1:]}
    for name in wanted:
        data.setdefault(name, "\N{EM DASH}")
    return text, {name: data[name] for name in sorted(wanted)}


def _shown(value: Any) -> str | int:
    if value is None:
        return "\N{EM DASH}"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value if isinstance(value, int | str) else str(value)
