"""Shapes of orders in the API."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from core.api import MoneyField, PrefixedIdField
from orders.domain.drafts import AddressDraft, LineDraft, OrderDraft, PaymentDraft
from orders.models import (
    Order,
    OrderHold,
    OrderLine,
    Shipment,
    ShipmentLine,
    Subscription,
    SubscriptionLine,
    SubscriptionRun,
)
from orders.models.orders import HoldKind
from orders.models.subscriptions import IntervalUnit
from orders.services.order_rows import MOST_UNITS
from orders.services.subscriptions import ItemDraft, SubscriptionDraft

ZERO = Decimal(0)


class OrderLineOut(serializers.ModelSerializer):
    """One line; parts of a kit name the kit's position, a substitute the line it stands in for."""

    substitute_for_position = serializers.IntegerField(
        source="substitute_for.position", allow_null=True, default=None, read_only=True
    )

    class Meta:
        model = OrderLine
        fields = (
            "position",
            "kind",
            "sku_code",
            "description",
            "qty",
            "cancelled_qty",
            "backorder_qty",
            "substituted_qty",
            "substitute_for_position",
            "unit_price",
            "kit_position",
            "external_line_id",
        )


class ShipmentOut(serializers.ModelSerializer):
    """One warehouse's part of the order."""

    id = PrefixedIdField("shp")
    warehouse_code = serializers.CharField(source="warehouse.code")

    class Meta:
        model = Shipment
        fields = (
            "id",
            "number",
            "warehouse_code",
            "status",
            "service_code",
            "is_backorder",
            "exception",
            "promised_from",
            "promised_by",
            "shipped_at",
            "delivered_at",
        )


class HoldOut(serializers.ModelSerializer):
    """An open hold."""

    class Meta:
        model = OrderHold
        fields = ("kind", "note", "until", "placed_at", "placed_by")


class OrderOut(serializers.ModelSerializer):
    """An order with lines, shipments and open holds. No street, no phone, no e-mail address."""

    id = PrefixedIdField("ord")
    channel = serializers.CharField(source="channel.code")
    total = MoneyField("total_amount")
    paid = MoneyField("paid_amount")
    lines = OrderLineOut(many=True)
    shipments = ShipmentOut(many=True)
    holds = HoldOut(many=True, source="open_holds")

    class Meta:
        model = Order
        fields = (
            "id",
            "number",
            "channel",
            "external_id",
            "status",
            "stage",
            "attention_codes",
            "ship_country",
            "ship_city",
            "service_code",
            "total",
            "paid",
            "placed_at",
            "promised_from",
            "promised_by",
            "version",
            "lines",
            "shipments",
            "holds",
        )


class AddressIn(serializers.Serializer):
    """Where the order goes."""

    name = serializers.CharField(max_length=160, allow_blank=True, default="")
    company = serializers.CharField(max_length=160, allow_blank=True, default="")
    line1 = serializers.CharField(max_length=200, allow_blank=True, default="")
    line2 = serializers.CharField(max_length=200, allow_blank=True, default="")
    city = serializers.CharField(max_length=120, allow_blank=True, default="")
    region = serializers.CharField(max_length=120, allow_blank=True, default="")
    postcode = serializers.CharField(max_length=20, allow_blank=True, default="")
    country = serializers.CharField(min_length=2, max_length=2)
    phone = serializers.CharField(max_length=40, allow_blank=True, default="")


class LineIn(serializers.Serializer):
    """One line of a new order."""

    sku = serializers.CharField(max_length=64)
    qty = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    unit_price = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)
    discount_amount = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)
    tax_amount = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)
    description = serializers.CharField(max_length=300, allow_blank=True, default="")
    external_line_id = serializers.CharField(max_length=80, allow_blank=True, default="")


class PaymentIn(serializers.Serializer):
    """Money a gateway says was received. A reference is recorded once, for one order."""

    amount = serializers.DecimalField(14, 4, min_value=Decimal("0.0001"))
    currency = serializers.CharField(min_length=3, max_length=3)
    gateway_reference = serializers.CharField(max_length=120)
    method = serializers.CharField(max_length=40, allow_blank=True, default="")
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def to_draft(self) -> PaymentDraft:
        """Return the checked values as a draft."""
        return PaymentDraft(**self.validated_data)


class OrderIn(serializers.Serializer):
    """A new order. The same channel and external id again changes nothing."""

    channel = serializers.CharField(max_length=40)
    external_id = serializers.CharField(max_length=80)
    placed_at = serializers.DateTimeField()
    currency = serializers.CharField(min_length=3, max_length=3, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    ship_to = AddressIn()
    lines = LineIn(many=True, allow_empty=False, max_length=500)
    shipping_amount = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)
    discount_amount = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)
    paid_amount = serializers.DecimalField(
        14,
        4,
        min_value=ZERO,
        required=False,
        allow_null=True,
        default=None,
        help_text="Without it, the sum of the payments.",
    )
    payments = PaymentIn(many=True, required=False, max_length=20)
    promised_by = serializers.DateField(required=False, allow_null=True, default=None)
    service_code = serializers.CharField(max_length=40, allow_blank=True, default="")

    def to_draft(self) -> OrderDraft:
        """Return the checked values as a draft."""
        values = dict(self.validated_data)
        return OrderDraft(
            lines=tuple(LineDraft(**line) for line in values.pop("lines")),
            payments=tuple(PaymentDraft(**one) for one in values.pop("payments", ())),
            ship_to=AddressDraft(**values.pop("ship_to")),
            **values,
        )


class DestinationIn(serializers.Serializer):
    """Where a basket would go."""

    country = serializers.CharField(min_length=2, max_length=2)
    postcode = serializers.CharField(max_length=20, allow_blank=True, default="")


class BasketLineIn(serializers.Serializer):
    """One line of a basket."""

    sku = serializers.CharField(max_length=64)
    qty = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    unit_price = serializers.DecimalField(14, 4, min_value=ZERO, default=ZERO)


class BasketIn(serializers.Serializer):
    """Goods and a destination: which deliveries are possible now?"""

    channel = serializers.CharField(max_length=40)
    currency = serializers.CharField(min_length=3, max_length=3, allow_blank=True, default="")
    ship_to = DestinationIn()
    lines = BasketLineIn(many=True, allow_empty=False, max_length=100)

    def to_draft(self, placed_at) -> OrderDraft:
        """Return the checked values as a draft that is never stored."""
        values = self.validated_data
        return OrderDraft(
            channel=values["channel"],
            external_id="basket",
            placed_at=placed_at,
            currency=values["currency"],
            ship_to=AddressDraft(**values["ship_to"]),
            lines=tuple(LineDraft(**line) for line in values["lines"]),
        )


class DeliveryOptionOut(serializers.Serializer):
    """One way to have everything delivered, if ordered by `order_by`."""

    service_code = serializers.CharField()
    level = serializers.ChoiceField(["same_day", "two_day", "standard"])
    parcels = serializers.IntegerField()
    cost = MoneyField("amount")
    order_by = serializers.DateTimeField()
    arrives_from = serializers.DateField()
    arrives_by = serializers.DateField()


class DeliveryOptionsOut(serializers.Serializer):
    """The possible deliveries, the soonest first; none when nothing can be sent whole."""

    options = DeliveryOptionOut(many=True)


class HoldIn(serializers.Serializer):
    """A hold to place or to release."""

    kind = serializers.ChoiceField(HoldKind.choices)
    note = serializers.CharField(max_length=500, allow_blank=True, default="")
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class ReleaseIn(serializers.Serializer):
    """Which hold to release, and why."""

    kind = serializers.ChoiceField(HoldKind.choices)
    reason = serializers.CharField(max_length=500)


class ReasonIn(serializers.Serializer):
    """Why the order is cancelled."""

    reason = serializers.CharField(max_length=500)


class ShipmentLineOut(serializers.ModelSerializer):
    """Units of one SKU in a shipment, and how far they are."""

    sku = serializers.CharField(source="sku.code")

    class Meta:
        model = ShipmentLine
        fields = ("sku", "qty", "reserved_qty", "picked_qty", "packed_qty", "shipped_qty")


class ShipmentDetailOut(serializers.ModelSerializer):
    """One warehouse's part of an order."""

    id = PrefixedIdField("shp")
    order = serializers.CharField(source="order.number")
    warehouse = serializers.CharField(source="warehouse.code")
    lines = ShipmentLineOut(many=True)

    class Meta:
        model = Shipment
        fields = (
            "id",
            "number",
            "order",
            "warehouse",
            "status",
            "tracking_status",
            "service_code",
            "promised_from",
            "promised_by",
            "shipped_at",
            "delivered_at",
            "exception",
            "lines",
        )


class SubscriptionLineOut(serializers.ModelSerializer):
    """What comes each time."""

    sku = serializers.CharField(source="sku.code")

    class Meta:
        model = SubscriptionLine
        fields = ("sku", "qty", "unit_price")


class SubscriptionRunOut(serializers.ModelSerializer):
    """One due day and what became of it."""

    order = PrefixedIdField("ord", source="order_id", allow_null=True)

    class Meta:
        model = SubscriptionRun
        fields = ("due_on", "state", "order", "problem")


class SubscriptionOut(serializers.ModelSerializer):
    """A subscription with its lines and latest deliveries. No street, phone or e-mail address."""

    id = PrefixedIdField("sub")
    channel = serializers.CharField(source="channel.code")
    lines = SubscriptionLineOut(many=True)
    runs = SubscriptionRunOut(many=True, source="latest_runs")

    class Meta:
        model = Subscription
        fields = (
            "id",
            "number",
            "channel",
            "state",
            "interval_unit",
            "interval_count",
            "first_on",
            "next_on",
            "ends_on",
            "paused_until",
            "currency",
            "ship_country",
            "version",
            "lines",
            "runs",
        )


class SubscriptionItemIn(serializers.Serializer):
    """Units of one SKU each time, at the price agreed."""

    sku = serializers.CharField(max_length=64)
    qty = serializers.IntegerField(min_value=1, max_value=MOST_UNITS)
    unit_price = serializers.DecimalField(14, 4, min_value=ZERO)


class SubscriptionIn(serializers.Serializer):
    """A new subscription; it falls due on `first_on` and every so many days, weeks or months."""

    channel = serializers.CharField(max_length=40)
    lines = SubscriptionItemIn(many=True, allow_empty=False, max_length=100)
    ship_to = AddressIn()
    email = serializers.EmailField(allow_blank=True, default="")
    first_on = serializers.DateField()
    interval_unit = serializers.ChoiceField(IntervalUnit.choices)
    interval_count = serializers.IntegerField(min_value=1, max_value=730)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    service_code = serializers.CharField(max_length=40, allow_blank=True, default="")

    def to_draft(self) -> SubscriptionDraft:
        """Return the checked values as a draft."""
        values = dict(self.validated_data)
        return SubscriptionDraft(
            items=tuple(ItemDraft(**line) for line in values.pop("lines")),
            ship_to=AddressDraft(**values.pop("ship_to")),
            **values,
        )


class SubscriptionStepIn(serializers.Serializer):
    """One step of a subscription. `version`, when given, must be the current one."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, allow_null=True, default=None)


class SubscriptionPauseIn(SubscriptionStepIn):
    """A pause; without a day it lasts until somebody resumes."""

    until = serializers.DateField(required=False, allow_null=True, default=None)


class SubscriptionSkipIn(SubscriptionStepIn):
    """The due day that is left out: the next one."""

    due_on = serializers.DateField()


class SubscriptionEndIn(SubscriptionStepIn):
    """The end of a subscription needs a reason."""

    reason = serializers.CharField(max_length=500)
