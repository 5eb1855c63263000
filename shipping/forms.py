from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QForm, QIntegerField, plain_text
from shipping.services import portal


class FindOrderForm(QForm):
    """C1: which order, and the address or phone number it was placed with."""

    order_number = QCodeField(label=_("Order number"), max_length=32)
    contact = forms.CharField(
        label=_("E-mail address or phone number of the order"), max_length=254
    )

    def clean_contact(self) -> str:
        contact = plain_text(self.cleaned_data["contact"])
        if "@" in contact:
            validate_email(contact)
        elif not portal.phone_hash(contact):
            raise forms.ValidationError(
                _("Enter an e-mail address, or a phone number with at least 7 digits.")
            )
        return contact


class RateFileForm(QForm):
    """A rate card file to import."""

    file = forms.FileField(
        label=_("Rate card file"),
        help_text=_("CSV in UTF-8, up to 5 MB. One row for each zone and weight."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ReasonForm(QForm):
    """Why a label is printed again or given back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class RateCheckForm(QForm):
    """What would a parcel cost."""

    warehouse = QCodeField(label=_("From warehouse"), max_length=32, required=False)
    country = QCodeField(label=_("Country code"), min_length=2, max_length=2)
    postcode = QCodeField(label=_("Postcode"), max_length=12, required=False)
    weight_g = QIntegerField(label=_("Weight"), min_value=1, max_value=30_000_000, initial=1_000)
