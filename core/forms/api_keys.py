"""The forms of API keys."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.capabilities import AREAS, CAPABILITIES, HUMAN_ONLY
from core.forms.kit import QDateField, QForm
from core.forms.people import split_codes
from core.models.people import EVERY


def key_capabilities() -> list[tuple[str, str]]:
    """Return what a key may hold, in words."""
    return [
        (entry.code, f"{AREAS[entry.area]}: {entry.text}")
        for entry in CAPABILITIES.values()
        if entry.code not in HUMAN_ONLY
    ]


class KeyForm(QForm):
    """What a new key may do."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What uses it, for example “Shop sync”.")
    )
    belongs = forms.ChoiceField(
        label=_("Belongs to"),
        choices=(("me", _("Me: it ends with my access")), ("company", _("The company"))),
        widget=forms.RadioSelect,
        initial="company",
    )
    capabilities = forms.MultipleChoiceField(
        label=_("May"), choices=key_capabilities, widget=forms.CheckboxSelectMultiple
    )
    warehouse_codes = forms.CharField(
        label=_("Warehouses"),
        initial=EVERY,
        required=False,
        max_length=2000,
        help_text=_("Codes with a comma between them, or * for all. Empty: none."),
    )
    channel_codes = forms.CharField(
        label=_("Channels"),
        initial=EVERY,
        required=False,
        max_length=2000,
        help_text=_("Codes with a comma between them, or * for all. Empty: none."),
    )
    allowed_networks = forms.CharField(
        label=_("Only from these addresses"),
        required=False,
        max_length=2000,
        help_text=_("203.0.113.7 or 203.0.113.0/24, with a comma between them. Empty: anywhere."),
    )
    expires_on = QDateField(
        label=_("Ends on"), required=False, help_text=_("Empty: never. A year is a good limit.")
    )

    def clean_expires_on(self) -> dt.datetime | None:
        day = self.cleaned_data["expires_on"]
        if day is None:
            return None
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
        if end <= clock.now():
            raise forms.ValidationError(_("Choose a day from today on."), code="past")
        return end

    def scope(self, name: str) -> tuple[str, ...] | None:
        """Return the chosen codes, or None for all of them."""
        codes = split_codes(self.cleaned_data[name])
        return None if codes == (EVERY,) else codes

    def networks(self) -> tuple[str, ...]:
        """Return the chosen networks as typed."""
        return tuple(self.cleaned_data["allowed_networks"].replace(",", " ").split())


class RotateForm(QForm):
    """How long the old key goes on."""

    overlap_hours = forms.TypedChoiceField(
        label=_("The old key works for another"),
        choices=((24, _("24 hours")), (1, _("1 hour")), (0, _("no time: it ends now"))),
        coerce=int,
        initial=24,
    )
