"""Forms of missing parcels and of claims on carriers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QDecimalField, QForm


class CaseReasonForm(QForm):
    """Why it is decided so."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ClaimReferenceForm(QForm):
    """The number under which the carrier keeps the claim."""

    reference = forms.CharField(label=_("Carrier's reference"), max_length=80, required=False)


class ClaimPaidForm(QForm):
    """What the carrier paid."""

    amount = QDecimalField(label=_("Amount paid"), min_value=0, max_digits=14, decimal_places=4)


class MissingParcelForm(QForm):
    """What the customer says about a parcel that was delivered and is not there."""

    parcel = forms.CharField(label=_("Parcel number or tracking number"), max_length=64)
    words = forms.CharField(
        label=_("What the customer says"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
