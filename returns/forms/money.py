"""Forms of refunds and store credit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms.kit import QDecimalField, QForm
from returns.models import Refund
from returns.refund_words import gateway_word


class ShownForm(QForm):
    """What was shown when somebody decided."""

    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class DeclineForm(ShownForm):
    """Decline what was shown, with a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class WhyForm(QForm):
    """A reason that is kept."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class ReferenceForm(QForm):
    """The reference of a transfer somebody made."""

    reference = forms.CharField(
        label=_("Reference of the transfer"),
        max_length=120,
        help_text=_("As the bank shows it. It can stand for one refund only."),
    )


class GatewayForm(QForm):
    """Another way to pay."""

    gateway = forms.ChoiceField(label=_("Pay by"), choices=[])

    def offer(self, names: list[str]) -> None:
        """Offer these gateways."""
        self.fields["gateway"].choices = [(name, gateway_word(name)) for name in names]


class GiveForm(QForm):
    """Money given back beside any return."""

    amount = QDecimalField(label=_("Amount"), max_digits=12, decimal_places=4)
    way = forms.ChoiceField(label=_("Way"), choices=Refund.Way.choices, initial="refund")
    reason = forms.ChoiceField(
        label=_("Cause"),
        choices=[
            (code, Refund.Reason(code).label)
            for code in ("GOODWILL", "DAMAGED", "LOST", "LATE", "PRICE_DIFFERENCE")
        ],
    )
    note = forms.CharField(label=_("Reason"), max_length=300)


class SpendForm(QForm):
    """Store credit that pays for an order."""

    order = forms.CharField(label=_("Order number"), max_length=24)
    amount = QDecimalField(label=_("Amount"), max_digits=12, decimal_places=4)


class CorrectForm(QForm):
    """A change of store credit by hand."""

    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    amount = QDecimalField(
        label=_("Amount to add"),
        max_digits=12,
        decimal_places=4,
        help_text=_("With a minus to take credit away."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class SettleForm(QForm):
    """How a recoverable balance ended."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("recovered", _("The money came back")), ("waived", _("It is let go"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
