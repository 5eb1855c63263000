"""The form kit: plain forms that refuse kindly.

Validation happens on submit; typed values stay; the summary names field, value and fix. Numbers
may be typed with full-width digits, blanks and either decimal mark where that is unambiguous.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_GROUPED_DOTS = re.compile(r"^-?\d{1,3}(\.\d{3}){2,}$")
_GROUPED_COMMAS = re.compile(r"^-?\d{1,3}(,\d{3}){2,}$")


@dataclass(frozen=True)
class SummaryRow:
    """One line of the error summary: the sentence and the id of the field it links to."""

    text: str
    anchor: str


def plain_text(value: object) -> str:
    """Return typed text with full-width characters made plain and outer blanks removed."""
    return unicodedata.normalize("NFKC", str(value)).strip()


def plain_number(value: object) -> str:
    """Return a typed number in the form `-1234.5`.

    Blanks and apostrophes are grouping. With both marks the later one is the decimal mark. A
    single comma followed by exactly three digits could be either, so it stays and is refused.
    """
    text = re.sub(r"[\s'\u2019_]", "", plain_text(value)).replace("\N{MINUS SIGN}", "-")
    if "," in text and "." in text:
        decimal = max(text.rfind(","), text.rfind("."))
        whole = text[:decimal].replace(",", "").replace(".", "")
        return f"{whole}.{text[decimal + 1 :]}"
    if _GROUPED_DOTS.match(text) or _GROUPED_COMMAS.match(text):
        return text.replace(".", "").replace(",", "")
    if text.count(",") == 1 and not re.search(r",\d{3}$", text):
        return text.replace(",", ".")
    return text


class QIntegerField(forms.IntegerField):
    """A whole number, typed in any of the usual ways."""

    widget = forms.TextInput

    default_error_messages = {"invalid": _("Write a whole number, for example 12.")}

    def to_python(self, value: Any) -> int | None:
        """Return the number."""
        return super().to_python(value if value is None else plain_number(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for the digit keyboard."""
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class QDecimalField(forms.DecimalField):
    """A decimal number, typed in any of the usual ways."""

    widget = forms.TextInput

    default_error_messages = {
        "invalid": _("Write a number with a dot as the decimal mark, for example 12.50.")
    }

    def to_python(self, value: Any) -> Any:
        """Return the number as a Decimal."""
        return super().to_python(value if value is None else plain_number(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for the keyboard with a decimal mark."""
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class QCodeField(forms.CharField):
    """A code that people type or scan: full-width made plain, blanks around it ignored."""

    def to_python(self, value: Any) -> str:
        """Return the code."""
        text: str = super().to_python(value)
        return plain_text(text) if text else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Keep browsers from correcting codes."""
        return {**super().widget_attrs(widget), "spellcheck": "false", "autocapitalize": "off"}


class QDateField(forms.DateField):
    """A day, as the browser's date field sends it or typed as 2026-04-21."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    default_error_messages = {"invalid": _("Write the day as year-month-day, like 2026-04-21.")}

    def to_python(self, value: Any) -> Any:
        """Return the date."""
        return super().to_python(plain_text(value) if isinstance(value, str) else value)


class QForm(forms.Form):
    """Base of every form: no browser bubbles, a submission key, an error summary.

    `submission_key` makes a repeated submit one act: hand it to the service as its key.
    """

    use_required_attribute = False
    required_css_class = "is-required"

    submission_key = forms.CharField(
        max_length=64, required=False, widget=forms.HiddenInput, label=_("Submission")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission_key"].initial = secrets.token_urlsafe(16)
        for field in self.fields.values():
            _speak_of(field)

    @property
    def summary(self) -> list[SummaryRow]:
        """Return the errors in the order of the fields, whole-form errors first."""
        rows = [SummaryRow(str(text), "") for text in self.non_field_errors()]
        for bound in self:
            rows += [
                SummaryRow(f"{bound.label}: {text}", bound.auto_id or "") for text in bound.errors
            ]
        return rows

    def clean_submission_key(self) -> str:
        """Return the key of this submission, a fresh one where the browser sent none."""
        return self.cleaned_data["submission_key"] or secrets.token_urlsafe(16)

    def refuse(self, error: Exception, field: str | None = None) -> None:
        """Put what a service refused onto the form, at `field` where the error belongs to one."""
        self.add_error(field, ValidationError(str(error)))


def _speak_of(field: forms.Field) -> None:
    """Name the field and the way out in the messages Django words too generally."""
    messages: dict[str, str | Promise] = {
        "required": _("Fill this in."),
        "invalid_choice": _("Choose one of the listed values."),
        "max_length": _("Shorten this to %(limit_value)d characters; it has %(show_value)d."),
        "max_value": _("Enter %(limit_value)s or less."),
        "min_value": _("Enter %(limit_value)s or more."),
        "max_decimal_places": _("Use at most %(max)s digits after the decimal mark."),
    }
    if isinstance(field, forms.EmailField):
        messages["invalid"] = _("Write an e-mail address, like name@example.com.")
    own = {key: text for key, text in messages.items() if key in field.error_messages}
    declared = {
        key
        for kind in type(field).__mro__[:-1]
        if kind.__module__.startswith("core.forms")
        for key in vars(kind).get("default_error_messages", {})
    }
    field.error_messages |= {key: text for key, text in own.items() if key not in declared}
    for validator in field.validators:
        key = {
            "MaxLengthValidator": "max_length",
            "MaxValueValidator": "max_value",
            "MinValueValidator": "min_value",
        }.get(type(validator).__name__)
        if key:
            validator.message = messages[key]
