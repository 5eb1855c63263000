"""Forms of the buyer's side of answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QForm


class RejectChangeForm(QForm):
    """Why changes are not accepted; the supplier reads it."""

    comment = forms.CharField(label=_("Reason for the supplier"), max_length=400)


class WriteForm(QForm):
    """A message to the supplier."""

    text = forms.CharField(
        label=_("Message"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
