"""Shape of what the floor's pages send; the rules live in the services."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm, QIntegerField


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
