"""Shapes of returns in the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core import money
from core.api import PrefixedIdField
from returns.models import ReturnLine, ReturnRequest

OUTCOMES = ("refund", "store_credit", "exchange", "replacement", "repair")


class AmountOut(serializers.Serializer):
    """An amount at its currency's exponent."""

    amount = serializers.CharField()
    currency = serializers.CharField()


class ReturnLineOut(serializers.ModelSerializer):
    """One line: announced, received and accepted are three facts."""

    sku_code = serializers.CharField(source="sku.code", default="", read_only=True)
    order_position = serializers.IntegerField(
        source="order_line.position", allow_null=True, default=None, read_only=True
    )
    reason = serializers.CharField(source="reason.code", default="", read_only=True)
    exchange_sku_code = serializers.CharField(
        source="exchange_sku.code", default="", read_only=True
    )
    value = serializers.SerializerMethodField()

    class Meta:
        model = ReturnLine
        fields = (
            "position",
            "kind",
            "order_position",
            "sku_code",
            "qty",
            "received_qty",
            "accepted_qty",
            "refused_qty",
            "resolution",
            "state",
            "reason",
            "exchange_sku_code",
            "is_kept",
            "restocking_share",
            "value",
        )

    @extend_schema_field(AmountOut(allow_null=True))
    def get_value(self, line: ReturnLine):
        currency = line.request.currency
        if not currency:
            return None
        return {"amount": str(money.quantize(line.value_amount, currency)), "currency": currency}


class ReturnOut(serializers.ModelSerializer):
    """A return with its lines. No name, no address, no words of the customer."""

    id = PrefixedIdField("ret")
    order = serializers.SerializerMethodField()
    order_number = serializers.CharField(source="order.number", default="", read_only=True)
    channel = serializers.CharField(source="channel.code", default="", read_only=True)
    warehouse_code = serializers.CharField(source="warehouse.code", default="", read_only=True)
    lines = ReturnLineOut(many=True)

    class Meta:
        model = ReturnRequest
        fields = (
            "id",
            "number",
            "kind",
            "source",
            "status",
            "order",
            "order_number",
            "channel",
            "warehouse_code",
            "method",
            "processing_event",
            "policy_version",
            "currency",
            "send_by_on",
            "expected_refund_on",
            "requested_at",
            "decided_at",
            "decision_reason",
            "sent_at",
            "arrived_at",
            "inspected_at",
            "closed_at",
            "version",
            "lines",
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_order(self, row: ReturnRequest):
        return None if row.order_id is None else f"ord_{row.order_id}"


class ReturnLineIn(serializers.Serializer):
    """Units of one line of the order, by its position."""

    position = serializers.IntegerField(min_value=1)
    qty = serializers.IntegerField(min_value=1, max_value=1_000_000)
    resolution = serializers.ChoiceField(choices=OUTCOMES, default="refund")
    reason = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    exchange_sku = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True
    )


class ReturnIn(serializers.Serializer):
    """A return of one order. The policy decides whether it is approved at once."""

    order = PrefixedIdField("ord", source="order_id", read_only=False)
    lines = ReturnLineIn(many=True, allow_empty=False, max_length=200)
    method = serializers.ChoiceField(
        choices=[code for code in ReturnRequest.Method.values if code != "keep"], default="label"
    )
    note = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class DecisionIn(serializers.Serializer):
    """Why it is approved; may be left out."""

    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class RefusalIn(serializers.Serializer):
    """Why it is declined or cancelled."""

    reason = serializers.CharField(max_length=500)
