"""Shape of what the cost pages send; the rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from suppliers.models import ExcessDecision, LandedCost


class CostForm(QForm):
    """A bill for bringing goods here."""

    kind = forms.ChoiceField(label=_("Kind"), choices=LandedCost.Kind.choices)
    payee = forms.CharField(label=_("From whom"), max_length=120)
    reference = QCodeField(label=_("Their number"), max_length=64, required=False)
    billed_on = QDateField(label=_("Date of the bill"))
    amount = QDecimalField(label=_("Amount"), max_digits=16, decimal_places=4)
    currency = QCodeField(label=_("Currency"), max_length=3, min_length=3)
    basis = forms.ChoiceField(label=_("Spread by"), choices=LandedCost.Basis.choices)
    arrivals = forms.CharField(
        label=_("Arrivals or purchase orders"),
        max_length=400,
        help_text=_("Numbers with a comma between them, for example A1002, PO-1001."),
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_arrivals(self) -> list[str]:
        words = str(self.cleaned_data["arrivals"]).replace(",", " ").upper().split()
        return list(dict.fromkeys(words))


class ReasonForm(QForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class ExcessForm(QForm):
    """What becomes of units above the order."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=ExcessDecision.Outcome.choices, widget=forms.RadioSelect
    )
    qty = QIntegerField(label=_("Units"), min_value=1)
    note = forms.CharField(label=_("Note to the supplier"), max_length=200, required=False)


class AmountForm(QForm):
    """What a supplier agrees to pay."""

    amount = QDecimalField(label=_("Agreed amount"), max_digits=16, decimal_places=4)


class CreditForm(QForm):
    """What settled a claim."""

    reference = QCodeField(label=_("Number of the credit note"), max_length=64)


class InvoiceForm(QForm):
    """An invoice for one order: units and price of each line that stands on it."""

    number = QCodeField(label=_("Invoice number"), max_length=64)
    invoiced_on = QDateField(label=_("Date of the invoice"))

    def __init__(self, *args: Any, lines: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            left = max(0, line.received_qty - line.invoiced_qty)
            self.fields[f"qty_{line.pk}"] = QIntegerField(
                label=_("Units"), min_value=0, required=False, initial=left or None
            )
            self.fields[f"price_{line.pk}"] = QDecimalField(
                label=_("Price"),
                max_digits=18,
                decimal_places=6,
                required=False,
                initial=line.unit_price.normalize(),
            )

    @property
    def line_fields(self) -> list[tuple[Any, Any, Any]]:
        return [(line, self[f"qty_{line.pk}"], self[f"price_{line.pk}"]) for line in self.lines]

    def asked(self) -> list[tuple[int, int, Any]]:
        """Return (purchase line id, units, price) of the lines with units."""
        data = self.cleaned_data
        found = []
        for line in self.lines:
            qty, price = data.get(f"qty_{line.pk}"), data.get(f"price_{line.pk}")
            if qty:
                found.append((line.pk, qty, line.unit_price if price is None else price))
        return found
