"""What customers type on their own pages."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.forms import QForm, plain_text
from customers.domain.drafts import AddressDraft

_COUNTRY = r"[A-Za-z]{2}"


class SignInForm(QForm):
    """C8: whose orders."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class AddressForm(QForm):
    """One address of the customer."""

    name = forms.CharField(label=_("Name"), max_length=200)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    line1 = forms.CharField(label=_("Street"), max_length=200)
    line2 = forms.CharField(label=_("Addition"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    country = forms.RegexField(
        _COUNTRY,
        label=_("Country code"),
        max_length=2,
        error_messages={"invalid": _("Write the two letters of the country, such as DE.")},
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    is_default = forms.BooleanField(label=_("Use this address first"), required=False)

    def draft(self) -> AddressDraft:
        data = self.cleaned_data
        names = ("name", "company", "line1", "line2", "city", "region", "postcode", "phone")
        typed = {name: plain_text(data[name]) for name in names}
        return AddressDraft(**typed, country=data["country"].upper())


class LanguageForm(QForm):
    """In which language mails come."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
