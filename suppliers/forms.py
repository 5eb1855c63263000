"""Shape of what the arrivals pages send; the rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QForm, QIntegerField, SkuLinesForm


class ArrivalForm(SkuLinesForm):
    """An arrival typed in: who sends what, and when."""

    MOST_UNITS = 1_000_000

    supplier = forms.ChoiceField(label=_("Supplier"), choices=())
    warehouse = forms.ChoiceField(label=_("Warehouse"), choices=())
    reference = forms.CharField(label=_("Supplier's number"), max_length=64, required=False)
    expected_on = QDateField(label=_("Expected on"), required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=80, required=False)
    tracking = QCodeField(label=_("Tracking number"), max_length=64, required=False)

    def __init__(
        self, *args: Any, suppliers: Any = (), warehouses: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].choices = [
            (row.code, f"{row.code} · {row.name}") for row in suppliers
        ]
        self.fields["warehouse"].choices = [
            (row.code, f"{row.code} · {row.name}") for row in warehouses
        ]


class OrderArrivalForm(QForm):
    """What comes of a purchase order: the units of each line, and how they travel."""

    reference = forms.CharField(label=_("Supplier's number"), max_length=64, required=False)
    expected_on = QDateField(label=_("Expected on"), required=False)
    carrier = forms.CharField(label=_("Carrier"), max_length=80, required=False)
    tracking = QCodeField(label=_("Tracking number"), max_length=64, required=False)

    def __init__(self, *args: Any, lines: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"qty_{line.pk}"] = QIntegerField(
                label=_("Units"), min_value=0, required=False, initial=line.left_qty
            )

    @property
    def line_fields(self) -> list[tuple[Any, Any]]:
        return [(line, self[f"qty_{line.pk}"]) for line in self.lines]

    def units(self) -> dict[int, int]:
        """Return the units of the lines that have any, by purchase line id."""
        found = {line.pk: self.cleaned_data.get(f"qty_{line.pk}") or 0 for line in self.lines}
        return {pk: units for pk, units in found.items() if units}


class DayForm(QForm):
    """The day an arrival is expected now."""

    expected_on = QDateField(label=_("Expected on"))


class ShortForm(QForm):
    """Why the rest of an arrival will not come."""

    REASONS = (
        ("NOT_SENT", _("Never sent")),
        ("LOST_IN_TRANSIT", _("Lost on the way")),
        ("COUNT_WRONG", _("Announced too many")),
        ("SUPPLIER_CANCELLED", _("Cancelled by the supplier")),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)


class CancelForm(QForm):
    """Why an arrival is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=64)


class LinkForm(QForm):
    """What held goods turned out to be."""

    sku = forms.CharField(
        label=_("SKU"), max_length=64, widget=forms.TextInput(attrs={"data-scan": "accept"})
    )
    lot = forms.CharField(label=_("Lot"), max_length=64, required=False)
    expires_on = QDateField(label=_("Expires on"), required=False)
    supplier = QCodeField(
        label=_("Supplier"),
        max_length=32,
        required=False,
        help_text=_("Code of the supplier, when the goods came without an arrival."),
    )


class SettleForm(QForm):
    """What was done with held goods."""

    note = forms.CharField(label=_("Note"), max_length=200)
