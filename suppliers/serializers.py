"""Shapes of arrivals and purchase orders in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import MoneyField, PrefixedIdField
from suppliers.models import Asn, AsnLine, PurchaseLine, PurchaseOrder
from suppliers.services.drafts import ArrivalDraft, LineDraft


class ArrivalLineIn(serializers.Serializer):
    """Units of one SKU."""

    sku = serializers.CharField(max_length=64)
    qty = serializers.IntegerField(min_value=1, max_value=1_000_000)


class ArrivalIn(serializers.Serializer):
    """An arrival to announce. The supplier's own number is unique for that supplier."""

    supplier = serializers.CharField(max_length=32)
    warehouse = serializers.CharField(max_length=32)
    reference = serializers.CharField(max_length=64, allow_blank=True, default="")
    carrier = serializers.CharField(max_length=80, allow_blank=True, default="")
    tracking = serializers.CharField(max_length=64, allow_blank=True, default="")
    expected_on = serializers.DateField(required=False, allow_null=True, default=None)
    ssccs = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{18}$"), required=False, max_length=500
    )
    lines = ArrivalLineIn(many=True, allow_empty=False, max_length=1000)

    def to_draft(self) -> ArrivalDraft:
        """Return the checked values as a draft."""
        data = self.validated_data
        return ArrivalDraft(
            supplier_code=data["supplier"],
            warehouse_code=data["warehouse"],
            reference=data["reference"],
            carrier=data["carrier"],
            tracking=data["tracking"],
            expected_on=data["expected_on"],
            ssccs=tuple(data.get("ssccs", ())),
            lines=tuple(LineDraft(line["sku"], line["qty"]) for line in data["lines"]),
        )


class ArrivalLineOut(serializers.ModelSerializer):
    """How much of a line was announced and came; `announced_qty` is null when nobody announced."""

    sku = serializers.CharField(source="sku.code")
    open_qty = serializers.IntegerField()

    class Meta:
        model = AsnLine
        fields = (
            "sku",
            "announced_qty",
            "received_qty",
            "damaged_qty",
            "held_qty",
            "short_qty",
            "short_reason",
            "open_qty",
        )


class ArrivalOut(serializers.ModelSerializer):
    """An arrival with its lines."""

    id = PrefixedIdField("asn")
    supplier = serializers.CharField(source="supplier.code")
    warehouse = serializers.CharField(source="warehouse.code")
    lines = ArrivalLineOut(many=True)

    class Meta:
        model = Asn
        fields = (
            "id",
            "number",
            "supplier",
            "warehouse",
            "reference",
            "carrier",
            "tracking",
            "expected_on",
            "is_unplanned",
            "state",
            "arrived_at",
            "closed_at",
            "lines",
        )


class PurchaseLineIn(serializers.Serializer):
    """Units of one SKU that are needed; another price than the quoted one needs a reason."""

    sku = serializers.CharField(max_length=64)
    need_qty = serializers.IntegerField(min_value=1, max_value=1_000_000_000)
    unit_price = serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=0, required=False, allow_null=True, default=None
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class PurchaseOrderIn(serializers.Serializer):
    """A draft to write. Without a currency it is in the supplier's own."""

    supplier = serializers.CharField(max_length=32)
    warehouse = serializers.CharField(max_length=32)
    currency = serializers.CharField(max_length=3, allow_blank=True, default="")
    mode = serializers.ChoiceField(choices=PurchaseOrder.Mode.choices, default="sea")
    required_by = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=400, allow_blank=True, default="")
    note = serializers.CharField(max_length=400, allow_blank=True, default="")
    lines = PurchaseLineIn(many=True, allow_empty=False, max_length=500)


class PurchaseLineOut(serializers.ModelSerializer):
    """A line: `need_qty` before, `qty` after least order and packs; prices are per unit."""

    sku = serializers.CharField(source="sku.code")
    need_qty = serializers.IntegerField(source="raw_need_qty")
    open_qty = serializers.IntegerField()

    class Meta:
        model = PurchaseLine
        fields = (
            "sku",
            "need_qty",
            "qty",
            "moq_qty",
            "multiple_qty",
            "unit_price",
            "quoted_price",
            "price_source",
            "off_agreement_reason",
            "confirmed_qty",
            "confirmed_on",
            "shipped_qty",
            "received_qty",
            "short_qty",
            "invoiced_qty",
            "open_qty",
        )


class PurchaseOrderOut(serializers.ModelSerializer):
    """A purchase order with its lines."""

    id = PrefixedIdField("po")
    supplier = serializers.CharField(source="supplier.code")
    warehouse = serializers.CharField(source="warehouse.code")
    total = MoneyField("total_amount")
    lines = PurchaseLineOut(many=True)

    class Meta:
        model = PurchaseOrder
        fields = (
            "id",
            "number",
            "revision",
            "supplier",
            "warehouse",
            "mode",
            "currency",
            "total",
            "state",
            "required_by",
            "expected_on",
            "reason",
            "note",
            "is_system",
            "is_off_agreement",
            "created_at",
            "submitted_at",
            "approved_at",
            "sent_at",
            "sent_revision",
            "confirmed_at",
            "closed_at",
            "close_reason",
            "lines",
        )
