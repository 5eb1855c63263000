"""Shape of what the desk sends about labels and exchanges."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm
from returns.label_words import METHODS


class IssueForm(QForm):
    """By which way it comes back, and on which day a driver comes."""

    method = forms.ChoiceField(label=_("Way back"), choices=[])
    pickup_on = forms.DateField(
        label=_("Pick-up day"), required=False, help_text=_("Only for a home pick-up.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [one for one in METHODS.items() if one[0] != "keep"]


class TrackingForm(QForm):
    """The parcel of a customer who sends by a service of his own."""

    carrier = forms.CharField(label=_("Parcel service"), max_length=60)
    number = forms.CharField(label=_("Tracking number"), max_length=64)


class ChoiceForm(QForm):
    """What the customer wants when the units are gone."""

    choice = forms.ChoiceField(
        label=_("The customer wants"),
        choices=[
            ("refund", _("Refund")),
            ("store_credit", _("Store credit")),
            ("wait", _("Wait for the next unit")),
        ],
    )
