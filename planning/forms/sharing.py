"""Shape of what the pages of shared forecasts send; the rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm, QIntegerField
from planning.models import ForecastTerm


class AcknowledgeForm(QForm):
    """Who at the supplier saw the forecast."""

    name = forms.CharField(label=_("Your full name"), max_length=120)


class TermsForm(QForm):
    """How a supplier's forecast is shown."""

    way = forms.ChoiceField(label=_("What the supplier sees"), choices=ForecastTerm.Way.choices)
    rounding_qty = QIntegerField(
        label=_("Round units to multiples of"), min_value=1, max_value=10_000, initial=10
    )
    agreement = forms.TypedChoiceField(
        label=_("Agreed in"), choices=(), coerce=int, required=False, empty_value=None
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agreements: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].choices = [
            ("", _("No agreement")),
            *((row.pk, f"{row.number} v{row.version}") for row in agreements),
        ]
