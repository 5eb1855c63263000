"""The second factor at sign-in, with the wish not to be asked again in this browser."""

from __future__ import annotations

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from core import trust
from core.services import trusted_browsers


class RememberMixin(forms.Form):
    """Adds the check box, for people who may use it; saving notes the wish."""

    remember = forms.BooleanField(
        label=_("Do not ask in this browser for 30 days"),
        help_text=_("Not on a shared computer. You can end it on the security page."),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not trusted_browsers.may_trust(self.user):
            del self.fields["remember"]

    def save(self):
        super().save()
        if self.cleaned_data.get("remember"):
            trust.wish(context.request)


class CodeForm(RememberMixin, AuthenticateForm):
    """A code of the app or a recovery code. The box stands first: six digits send the form."""

    field_order = ("remember", "code")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "text"}


class PasskeyForm(RememberMixin, AuthenticateWebAuthnForm):
    """A passkey or security key. Its box is hidden and follows that of the code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "remember" in self.fields:
            self.fields["remember"].widget = forms.HiddenInput(attrs={"id": "id_remember_passkey"})
