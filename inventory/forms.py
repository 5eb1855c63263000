"""Shape of what the stock pages send; the rules live in the services."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm, QIntegerField


class AdjustForm(QForm):
    """Units found (+) or gone (-) in one bin, and why."""

    REASONS = (
        ("COUNT", _("Counted")),
        ("FOUND", _("Found")),
        ("LOST", _("Lost")),
        ("DAMAGED", _("Damaged")),
        ("DATA_ERROR", _("Entry corrected")),
    )
    delta_qty = QIntegerField(
        label=_("Difference"), help_text=_("-2 takes two away, 3 adds three"), min_value=-100_000
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class MoveForm(QForm):
    """Units that go to another bin."""

    qty = QIntegerField(label=_("Units"), min_value=1, max_value=100_000)
    to_bin = forms.CharField(
        label=_("To bin"), max_length=40, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )


class LotReasonForm(QForm):
    """Why a lot is held or released."""

    reason = forms.CharField(label=_("Reason"), max_length=64)
