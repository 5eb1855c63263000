"""What people type to decide on proposals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from core.forms.kit import QDateField, QForm, QIntegerField
from inventory.models import MOST_UNITS

#: A person's quantity and a snooze end by themselves: a later review looks again (B-64).
KEEP_DAYS, LONGEST_DAYS = 14, 180


class SeenForm(QForm):
    """What the person saw when the question was asked: version, units and state."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen_qty = forms.IntegerField(widget=forms.HiddenInput)
    seen_state = forms.CharField(widget=forms.HiddenInput, max_length=12)


def _day_ahead(value: dt.date) -> None:
    today = clock.now().date()
    if not today < value <= today + dt.timedelta(days=LONGEST_DAYS):
        raise ValidationError(
            _("Choose a day from tomorrow on, at most %(n)s days ahead."),
            params={"n": LONGEST_DAYS},
        )


class UntilForm(SeenForm):
    """A form that ends on a day."""

    until_on = QDateField(label=_("Until"), validators=[_day_ahead])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = dt.timedelta(days=KEEP_DAYS)
        self.fields["until_on"].initial = clock.now().date() + days


class QtyForm(UntilForm):
    """Other units than the computed ones, with the reason."""

    qty = QIntegerField(label=_("Units to order"), min_value=1, max_value=MOST_UNITS)
    reason = forms.CharField(
        label=_("Why not the computed units"),
        max_length=200,
        help_text=_("Others read it beside the computed units."),
    )
    field_order = ("qty", "reason", "until_on")


class SnoozeForm(UntilForm):
    """Look again later."""

    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class DismissForm(SeenForm):
    """Not at all, and why."""

    reason = forms.CharField(label=_("Why it is not needed"), max_length=200)


class BulkSnoozeForm(QForm):
    """Look at several again later."""

    until_on = QDateField(label=_("Until"), validators=[_day_ahead])
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_on"].initial = clock.now().date() + dt.timedelta(days=KEEP_DAYS)


class AcceptForm(QForm):
    """What was shown in the dialog that asks: `id:version:units` of each proposal."""

    seen = forms.CharField(widget=forms.HiddenInput)
