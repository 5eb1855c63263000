"""Shape of what the order desk sends; the rules live in the services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import QCodeField, QDateField, QDecimalField, QForm, QIntegerField
from orders import words
from orders.domain.drafts import AddressDraft, LineDraft, OrderDraft
from orders.models import Channel, Order
from orders.models.orders import HoldKind
from orders.models.subscriptions import IntervalUnit

MANUAL_HOLDS = ("FRAUD", "ADDRESS", "PAYMENT", "OPERATOR", "CLIENT", "HOLD_UNTIL")


def hold_choices() -> list[tuple[str, Any]]:
    """Return the holds a person may place."""
    return [(kind, words.REASONS[kind][0]) for kind in HoldKind.values if kind in MANUAL_HOLDS]


class RecallForm(QForm):
    """Why a lot is recalled."""

    reason = forms.CharField(label=_("Reason"), max_length=64)


class HoldForm(QForm):
    """Why an order stops, and until when."""

    kind = forms.ChoiceField(label=_("Reason"), choices=hold_choices)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    until = forms.DateTimeField(
        label=_("Until (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )


class ReasonForm(QForm):
    """A reason that goes into the timeline."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class BulkReasonForm(QForm):
    """A reason for a bulk act."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class BulkHoldForm(QForm):
    """Why the chosen orders stop."""

    kind = forms.ChoiceField(label=_("Reason"), choices=hold_choices)


class AddressForm(QForm):
    """Where the parcel goes. The country can't be changed in place (X08)."""

    name = forms.CharField(label=_("Name"), max_length=160)
    company = forms.CharField(label=_("Company"), max_length=160, required=False)
    line1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    line2 = forms.CharField(label=_("Addition"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    region = forms.CharField(label=_("State or province"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def initial_of(cls, order: Order) -> dict[str, Any]:
        """Return the order's address as the form's first values."""
        parts = ("name", "company", "line1", "line2", "postcode", "city", "region", "phone")
        return {part: getattr(order, f"ship_{part}") for part in parts} | {"version": order.version}


class QtyForm(QForm):
    """A new quantity of one line; 0 cancels it."""

    position = forms.IntegerField(widget=forms.HiddenInput)
    qty = QIntegerField(label=_("Quantity"), min_value=0, max_value=100_000)
    version = forms.IntegerField(widget=forms.HiddenInput)


class PaymentForm(QForm):
    """Money received for an order, in the order's currency."""

    amount = QDecimalField(
        label=_("Amount"), min_value=Decimal("0.0001"), max_digits=14, decimal_places=4
    )
    gateway_reference = QCodeField(
        label=_("Payment reference"),
        max_length=120,
        help_text=_("The number the gateway or the bank gave it"),
    )
    method = forms.CharField(label=_("Paid by"), max_length=40, required=False)


class RerouteForm(QForm):
    """Other warehouses than routing chose, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class NewOrderForm(QForm):
    """An order typed in at the desk: channel, recipient, up to five lines."""

    LINES = range(1, 6)

    channel = forms.ChoiceField(label=_("Channel"), choices=())
    name = forms.CharField(label=_("Name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"), required=False)
    line1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    country = forms.CharField(
        label=_("Country code"), max_length=2, min_length=2, help_text=_("Two letters, such as DE")
    )
    service_code = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, channels: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(row.code, row.name) for row in channels]
        for number in self.LINES:
            needed = number == 1
            self.fields[f"sku_{number}"] = forms.CharField(
                label=_("SKU"),
                max_length=64,
                required=needed,
                widget=forms.TextInput(attrs={"data-scan": "accept"}),
            )
            self.fields[f"qty_{number}"] = QIntegerField(
                label=_("Quantity"), min_value=1, max_value=100_000, required=needed
            )
            self.fields[f"price_{number}"] = QDecimalField(
                label=_("Price each"), min_value=0, max_digits=12, decimal_places=4, required=False
            )

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in self.LINES:
            if data.get(f"sku_{number}") and not data.get(f"qty_{number}"):
                self.add_error(f"qty_{number}", _("Enter how many units, 1 or more."))
        return data

    def line_values(self) -> list[tuple[str, int, Any]]:
        """Return (SKU code, quantity, price) of the filled lines."""
        data = self.cleaned_data
        return [
            (data[f"sku_{n}"].strip(), data[f"qty_{n}"], data.get(f"price_{n}") or 0)
            for n in self.LINES
            if data.get(f"sku_{n}")
        ]

    def basket(self, placed_at: Any) -> OrderDraft | None:
        """Return the goods and the destination typed so far; None when they do not suffice."""
        self.is_valid()
        data = self.cleaned_data
        faulty = [name for name in self.errors if name in {"channel", "country", "postcode"}]
        if faulty or any(name.startswith(("sku_", "qty_", "price_")) for name in self.errors):
            return None
        return OrderDraft(
            channel=data["channel"],
            external_id="basket",
            placed_at=placed_at,
            ship_to=AddressDraft(country=data["country"], postcode=data.get("postcode", "")),
            lines=tuple(
                LineDraft(sku=code, qty=qty, unit_price=Decimal(price))
                for code, qty, price in self.line_values()
            ),
        )

    def line_fields(self) -> list[tuple[Any, Any, Any]]:
        """Return the bound fields line by line, for the template."""
        return [(self[f"sku_{n}"], self[f"qty_{n}"], self[f"price_{n}"]) for n in self.LINES]


class NewSubscriptionForm(NewOrderForm):
    """An order that comes again: the order's own fields, and when it falls due."""

    first_on = QDateField(label=_("First delivery due on"))
    interval_count = QIntegerField(label=_("Every"), min_value=1, max_value=730, initial=1)
    interval_unit = forms.ChoiceField(label=_("Unit"), choices=IntervalUnit, initial="month")
    ends_on = QDateField(label=_("Last day"), required=False)


class PauseForm(QForm):
    """Why a subscription stops, and the day it goes on by itself."""

    until = QDateField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class SkipForm(QForm):
    """The due day that is left out."""

    due_on = forms.DateField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class EndForm(QForm):
    """Why a subscription ends for good."""

    reason = forms.CharField(label=_("Reason"), max_length=500)
    version = forms.IntegerField(widget=forms.HiddenInput)


class VersionForm(QForm):
    """Only the button, and the version the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def active_channels(principal: Any) -> Any:
    """Return the channels a person may enter orders for."""
    return Channel.objects.visible_to(principal).filter(is_active=True).order_by("name", "pk")


class LifeTestForm(QForm):
    """An order's line as the rules of remaining life see it."""

    sku = QCodeField(label=_("SKU"), max_length=64)
    channel = forms.CharField(label=_("Channel"), max_length=32)
    country = QCodeField(label=_("Country"), max_length=2, min_length=2, required=False)
    customer = forms.CharField(label=_("Customer number"), max_length=32, required=False)


class LifeRuleForm(LifeTestForm):
    """A rule: whom and what it is for, and how many days lots must live on at delivery."""

    min_days = QIntegerField(label=_("Least days at delivery"), min_value=0, max_value=3650)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("sku", "channel"):
            self.fields[name].required = False
