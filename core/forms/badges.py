"""The forms of badges and PINs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import pins
from core.errors import InputRefused
from core.forms.kit import QForm, plain_text


class PinField(forms.CharField):
    """A PIN: digits, hidden while they are typed; phones show the digit keyboard."""

    widget = forms.PasswordInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the digits."""
        return plain_text(value) if value else ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask for digits, and keep browsers from offering what somebody else typed."""
        shape = {"inputmode": "numeric", "autocomplete": "off"}
        return {**super().widget_attrs(widget), **shape}


class PinForm(QForm):
    """A new PIN, typed twice."""

    pin = PinField(
        label=_("New PIN"),
        help_text=_("6 to 12 digits. Nothing in a row, no repeats, no birthday."),
    )
    again = PinField(label=_("The same PIN again"))

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        try:
            pins.check(pin)
        except InputRefused as error:
            raise ValidationError(str(error), code=error.code) from None
        return pin

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise ValidationError(_("The two PINs differ. Type the same one twice."))
        return again
