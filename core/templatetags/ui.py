"""Template tags of the interface: icons, chips, numbers, times, fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import clock, formats, icons, pictures, words

register = template.Library()
EMPTY = "—"


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "", extra_class: str = "") -> SafeString:
    """Return a lucide icon as inline SVG: `{% icon "truck" %}`; `label` names it for readers."""
    return icons.svg(name, int(size), str(label), extra_class)


@register.simple_tag
def chip(kind: str, state: str, text: str = "") -> SafeString:
    """Return the chip of a state: `{% chip "order" order.stage %}`."""
    known = words.word(kind, state)
    return format_html(
        '<span class="chip chip-{}" data-state="{}">{}{}</span>',
        known.kind,
        state,
        icons.svg(known.glyph, 14),
        text or known.text,
    )


@register.simple_tag
def tag(text: str, glyph: str = "", kind: str = "tag") -> SafeString:
    """Return a chip with free text: `{% tag _("Gift") "gift" %}`; kind as in `core.words`."""
    mark: str | SafeString = icons.svg(glyph, 14) if glyph else ""
    return format_html('<span class="chip chip-{}">{}{}</span>', kind, mark, text)


@register.simple_tag
def word(kind: str, state: str) -> str:
    """Return only the word of a state, for running text."""
    return str(words.word(kind, state).text)


@register.simple_tag
def money(amount: Decimal | None, currency: str, strong: bool = False) -> SafeString:
    """Return an amount with its currency quiet before it; `strong=True` in totals."""
    if amount is None:
        return format_html("{}", EMPTY)
    weight = "strong" if strong else "figure"
    return format_html(
        '<span class="money"><span class="unit">{}</span> <span class="{}">{}</span></span>',
        currency,
        weight,
        formats.amount(amount, currency),
    )


@register.simple_tag
def unit_price(value: Decimal | None, currency: str) -> SafeString | str:
    """Return the price of one unit with its currency quiet before it; up to 6 decimals."""
    if value is None:
        return EMPTY
    return format_html(
        '<span class="money"><span class="unit">{}</span> <span class="figure">{}</span></span>',
        currency,
        formats.unit_price(value, currency),
    )


@register.simple_tag
def amount(value: Decimal | None, currency: str) -> str:
    """Return an amount at its currency's exponent without the code, for columns in one currency."""
    return EMPTY if value is None else formats.amount(value, currency)


@register.simple_tag
def qty(value: int | Decimal | None, unit: str = "") -> SafeString | str:
    """Return a grouped number with a quiet unit after it: `{% qty 1402 "pcs" %}`."""
    if value is None:
        return EMPTY
    if not unit:
        return format_html('<span class="num">{}</span>', formats.number(value))
    return format_html(
        '<span class="num">{} <span class="unit">{}</span></span>', formats.number(value), unit
    )


@register.simple_tag
def percent(ratio: Decimal | float | None, places: int = 0) -> SafeString | str:
    """Return a ratio (0 to 1) as `31 %`."""
    if ratio is None:
        return EMPTY
    shown = formats.number(ratio * 100, places)
    return format_html('<span class="num">{} <span class="unit">%</span></span>', shown)


@register.simple_tag
def weight(grams: int | None) -> SafeString | str:
    """Return grams as `240 g` or `1.14 kg`."""
    if grams is None:
        return EMPTY
    shown, unit = formats.weight(grams)
    return format_html('<span class="num">{} <span class="unit">{}</span></span>', shown, unit)


@register.simple_tag
def day(value: dt.date | None) -> SafeString | str:
    """Return a date as `Thu 23 Apr` (4月23日 周四)."""
    if value is None:
        return EMPTY
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), formats.day(value))


@register.simple_tag
def day_range(first: dt.date | None, last: dt.date | None) -> SafeString | str:
    """Return two dates as `Thu 23 - Sat 25 Apr`."""
    if last is None:
        return EMPTY
    shown = formats.day_range(first or last, last)
    return format_html('<time class="nowrap" datetime="{}">{}</time>', last.isoformat(), shown)


@register.simple_tag
def iso_day(value: dt.date | None) -> SafeString | str:
    """Return 2027-03-31, for lots and fields."""
    if value is None:
        return EMPTY
    return format_html('<time class="nowrap" datetime="{0}">{0}</time>', value.isoformat())


@register.simple_tag
def moment(value: dt.datetime | None, zone: str = "") -> SafeString | str:
    """Return a moment in the reader's zone (or the named one); UTC stands in the tooltip."""
    if value is None:
        return EMPTY
    local = formats.in_zone(value, zone)
    return format_html(
        '<time class="nowrap" datetime="{}" title="{} · {} UTC">{}</time>',
        value.astimezone(dt.UTC).isoformat(timespec="seconds"),
        f"{local:%Y-%m-%d %H:%M} {local.tzname() or ''}".strip(),
        f"{value.astimezone(dt.UTC):%Y-%m-%d %H:%M}",
        formats.moment_text(local, as_of=clock.now()),
    )


@register.simple_tag
def clock_time(value: dt.datetime | None, zone: str = "") -> SafeString | str:
    """Return only the time of day, `14:18`, in the reader's or the named zone."""
    if value is None:
        return EMPTY
    shown = formats.clock_time(formats.in_zone(value, zone))
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), shown)


@register.simple_tag
def time_left(until: dt.datetime | None) -> SafeString | str:
    """Return `in 1 h 42 min`, or `38 min late` once the moment has passed."""
    if until is None:
        return EMPTY
    left = until - clock.now()
    late = left < dt.timedelta(0)
    text = _("%(span)s late") if late else _("in %(span)s")
    return format_html(
        '<time class="{}" datetime="{}">{}</time>',
        "is-danger nowrap" if late else "nowrap",
        until.isoformat(timespec="seconds"),
        text % {"span": formats.span(left)},
    )


@register.simple_tag
def country(code: str) -> SafeString | str:
    """Return a two-letter country code as a small plate, its name in the tooltip."""
    if not code:
        return EMPTY
    name = formats.locale().territories.get(code, code)
    return format_html('<span class="country" title="{}">{}</span>', name, code)


@register.simple_tag
def country_name(code: str) -> str:
    """Return the country's name in the language of the page."""
    return str(formats.locale().territories.get(code, code)) if code else EMPTY


@register.simple_tag
def picture(key: str, size: int = 32, alt: str = "") -> SafeString:
    """Return the placeholder art of a product: always the same picture for the same key."""
    return pictures.art(key, size=int(size), alt=alt)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Return a round mark with a person's initials."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials(name))


def initials(name: str) -> str:
    """Return up to two initials of a name, or its first character for a CJK name."""
    parts = [part for part in name.split() if part]
    if not parts:
        return "?"
    letters = "".join(part[0] for part in parts[:2])
    return letters.upper() if letters.isascii() else parts[0][0].upper()


@register.simple_tag
def progress(value: int, total: int, kind: str = "", label: str = "") -> SafeString:
    """Return a bar: `{% progress 31 50 label=_("Wave 212") %}`; kind ok, warn or danger."""
    return format_html(
        '<progress class="bar{}" value="{}" max="{}" aria-label="{}">{}/{}</progress>',
        f" bar-{kind}" if kind else "",
        value,
        max(total, 1),
        label or _("Progress"),
        value,
        total,
    )


@register.simple_tag
def copy_button(text: str, label: str = "") -> SafeString:
    """Return a button that copies a code."""
    return format_html(
        '<button type="button" class="icon-btn" data-copy="{}" aria-label="{}">{}</button>',
        text,
        label or _("Copy %(text)s") % {"text": text},
        icons.svg("copy", 14),
    )


@register.simple_tag
def attrs(pairs: Mapping[str, Any]) -> SafeString:
    """Return a mapping as HTML attributes, values escaped, False and None left out."""
    kept = [(key, value) for key, value in pairs.items() if value not in (None, False)]
    return format_html_join("", ' {}="{}"', kept)


@register.simple_tag
def field(bound: BoundField, unit: str = "", prefix: str = "", wide: bool = False) -> SafeString:
    """Return a form field: label above, hint and error below, tied together for readers."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    if isinstance(widget, CheckboxSelectMultiple):
        kind = "checkboxselectmultiple"
    context = {
        "field": bound,
        "kind": kind,
        "control": _control(bound, kind),
        "unit": unit,
        "prefix": prefix,
        "wide": wide,
    }
    return mark_safe(render_to_string("components/field.html", context))  # noqa: S308


_CONTROL_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radio": "form-choices",
    "checkboxselectmultiple": "form-choices",
    "hidden": "",
}


def _control(bound: BoundField, kind: str) -> SafeString:
    """Render the widget with its class and the ids of its hint and error."""
    described = [f"{bound.auto_id}_hint"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    given = bound.field.widget.attrs.get("class", "")
    base = _CONTROL_CLASSES.get(kind, "form-control")
    extra: dict[str, Any] = {"class": f"{base} {given}".strip()}
    if described:
        extra["aria-describedby"] = " ".join(described)
    if bound.errors:
        extra["aria-invalid"] = "true"
    if bound.field.required and kind not in {"radio", "checkboxselectmultiple", "hidden"}:
        extra["aria-required"] = "true"
    return bound.as_widget(attrs=extra)


@register.filter
def get_item(mapping: Mapping[str, Any], key: str) -> Any:
    """Return `mapping[key]` or nothing."""
    return mapping.get(key)
