"""Shape of what people type about forecasts; the rules live in the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from core.permissions import Principal
from inventory.models import MOST_UNITS, Sku, Warehouse
from orders.models import Channel
from planning.domain.methods import OWN_METHODS
from planning.models import DemandEvent

METHODS = [(name, name) for name in OWN_METHODS]
EVENT_KINDS = [
    (value, text) for value, text in DemandEvent.Kind.choices if value != DemandEvent.Kind.ODD_DAYS
]


class OverrideForm(QForm):
    """Units a week in place of the forecast."""

    week_qty = QIntegerField(label=_("Units a week"), min_value=0, max_value=MOST_UNITS)
    from_on = QDateField(
        label=_("From"), help_text=_("Counts for weeks that begin (Monday) on one of these days.")
    )
    until_on = QDateField(label=_("Until"))
    expires_on = QDateField(
        label=_("Expires"), help_text=_("After this day the forecast counts again.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class LockForm(QForm):
    """One method in place of the choice of the runs."""

    method = forms.ChoiceField(label=_("Method"), choices=METHODS)
    reason = forms.CharField(label=_("Reason"), max_length=200)


class LeaveOutForm(QForm):
    """Days of one SKU that say nothing about the usual demand."""

    first = QDateField(label=_("First day"))
    last = QDateField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ComputeForm(QForm):
    """Forecast now, or what would have been said on a day."""

    as_of = QDateField(
        label=_("As of"),
        required=False,
        help_text=_("Empty: today. A past day replays what was known then."),
    )


class PlacedForm(QForm):
    """A form that names SKUs by code and a warehouse of the reader."""

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.principal = principal
        places = Warehouse.objects.visible_to(principal).order_by("code")
        self.places = {row.code: row for row in places}
        field: Any = self.fields["warehouse"]
        rows = [(code, f"{code} · {row.name}") for code, row in self.places.items()]
        field.choices = rows if field.required else [("", _("All warehouses")), *rows]

    def sku_of(self, name: str) -> Sku | None:
        """Return the SKU a field names; an unknown code becomes the field's error."""
        code = self.cleaned_data.get(name)
        if not code:
            return None
        found = Sku.objects.filter(code=code).first()
        if found is None:
            self.add_error(name, _("No SKU has this code. Correct it, or create the SKU first."))
        return found


class LikeForm(PlacedForm):
    """What a new SKU sells like."""

    sku = QCodeField(label=_("New SKU"), max_length=64)
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    like_sku = QCodeField(
        label=_("Sells like"),
        max_length=64,
        required=False,
        help_text=_("A SKU that sells at this warehouse. Empty: the middle of its category."),
    )
    multiplier = QDecimalField(
        label=_("Times"),
        min_value=Decimal("0.001"),
        max_value=100,
        decimal_places=3,
        initial=1,
        help_text=_("0.5 = half as much as the other one."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean(self) -> dict[str, Any]:
        """Find the SKUs and the warehouse."""
        data = super().clean() or self.cleaned_data
        data["new"], data["like"] = self.sku_of("sku"), self.sku_of("like_sku")
        data["place"] = self.places.get(data.get("warehouse", ""))
        return data


class EventForm(PlacedForm):
    """Days on which demand differs, and what it is multiplied by."""

    kind = forms.ChoiceField(label=_("Kind"), choices=EVENT_KINDS)
    name = forms.CharField(label=_("Name"), max_length=120)
    from_on = QDateField(label=_("From"))
    until_on = QDateField(label=_("Until"))
    factor = QDecimalField(
        label=_("Factor"),
        min_value=Decimal("0.001"),
        max_value=100,
        decimal_places=3,
        required=False,
        help_text=_(
            "Multiplies what the forecast expects of these days: 2.8 = 180 % more. Empty: only"
            " marks the days."
        ),
    )
    sku = QCodeField(label=_("SKU"), max_length=64, required=False, help_text=_("Empty: all SKUs."))
    category = forms.CharField(
        label=_("Category"), max_length=120, required=False, help_text=_("Empty: all categories.")
    )
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Channel.objects.order_by("code")
        if self.principal.channel_codes is not None:
            shops = shops.filter(code__in=self.principal.channel_codes)
        self.shops = {row.code: row for row in shops}
        field: Any = self.fields["channel"]
        field.choices = [("", _("All channels")), *((code, code) for code in self.shops)]
        if self.principal.warehouse_codes is not None:
            self.fields["warehouse"].required = True

    def clean(self) -> dict[str, Any]:
        """Find the SKU, the warehouse and the channel."""
        data = super().clean() or self.cleaned_data
        data["sku_row"] = self.sku_of("sku")
        data["place"] = self.places.get(data.get("warehouse", ""))
        data["shop"] = self.shops.get(data.get("channel", ""))
        return data


class EndForm(QForm):
    """Why an event ends."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
