"""Shape of what the floor's pages send; the rules live in the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QForm, QIntegerField
from core.forms.badges import PinField

if TYPE_CHECKING:
    from fulfillment.models import Station


class BadgeForm(QForm):
    """Who starts a shift on a shared device."""

    badge = QCodeField(label=_("Badge"), max_length=64)
    pin = PinField(label=_("PIN"))


class RegistrationForm(QForm):
    """The code that makes a browser a floor device."""

    code = QCodeField(label=_("Registration code"), max_length=32)


class DeviceForm(QForm):
    """A device to register: what it is called and where it stands."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What is written on it, for example Tablet 3.")
    )
    station = forms.ChoiceField(label=_("Station"))

    def __init__(self, *args: Any, stations: Iterable[Station], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["station"].choices = [
            (row.code, f"{row.code} · {row.name}") for row in stations
        ]


class WeightForm(QForm):
    """The weight the scale showed."""

    weight_g = QIntegerField(label=_("Weight"), min_value=1, max_value=70_000)


class PickShortForm(QForm):
    """Why a bin held less than the task asks."""

    REASONS = (
        ("NOT_THERE", _("Not there")),
        ("DAMAGED", _("Damaged")),
        ("WRONG_ITEM", _("Wrong item in the bin")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class ManifestForm(QForm):
    """Open a manifest for a carrier."""

    carrier = forms.CharField(label=_("Carrier"), max_length=32)
