from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.permissions import Principal
from orders.models import Channel

WEEKS = (4, 13, 26, 52)
DEFAULT_WEEKS = 13


class InsightForm(forms.Form):
    weeks = forms.TypedChoiceField(
        label=_("Period"),
        coerce=int,
        choices=[(weeks, "") for weeks in WEEKS],
        required=False,
        empty_value=DEFAULT_WEEKS,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = Channel.objects.visible_to(principal).order_by("name", "pk")
        self.fields["weeks"].choices = [
            (weeks, _("last %(weeks)s weeks") % {"weeks": weeks}) for weeks in WEEKS
        ]
        self.fields["channel"].choices = [
            ("", _("all channels")),
            *list(channels.values_list("code", "name")),
        ]
