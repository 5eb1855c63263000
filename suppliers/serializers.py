"""Shapes of arrivals and purchase orders in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import MoneyField, PrefixedIdField
from suppliers.models import (
    Agreement,
    AgreementLine,
    Asn,
    AsnLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierLeadTime,
    SupplierSku,
)
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


class LeadTimeOut(serializers.ModelSerializer):
    """Agreed days of one transport mode."""

    class Meta:
        model = SupplierLeadTime
        fields = ("mode", "agreed_days")


class GoodsOut(serializers.ModelSerializer):
    """What a supplier sells of a SKU; rank 1 is the first choice for it."""

    sku = serializers.CharField(source="sku.code")

    class Meta:
        model = SupplierSku
        fields = (
            "sku",
            "supplier_code",
            "moq_qty",
            "multiple_qty",
            "lead_days",
            "rank",
            "currency",
            "is_active",
        )


class SupplierOut(serializers.ModelSerializer):
    """A supplier with its terms, agreed lead times and goods."""

    id = PrefixedIdField("sup")
    lead_times = LeadTimeOut(many=True)
    goods = GoodsOut(many=True)

    class Meta:
        model = Supplier
        fields = (
            "id",
            "code",
            "name",
            "name_zh",
            "country",
            "currency",
            "incoterm",
            "payment_days",
            "deposit_pct",
            "risk",
            "is_active",
            "lead_times",
            "goods",
        )


class AgreementLineOut(serializers.ModelSerializer):
    """A price from a number of units on; null is the agreed share off the list price."""

    sku = serializers.CharField(source="sku.code")

    class Meta:
        model = AgreementLine
        fields = ("sku", "min_qty", "unit_price")


class AgreementOut(serializers.ModelSerializer):
    """One version of an agreement with its prices; `valid_until` is its last day."""

    id = PrefixedIdField("agr")
    supplier = serializers.CharField(source="supplier.code")
    lines = AgreementLineOut(many=True)

    class Meta:
        model = Agreement
        fields = (
            "id",
            "number",
            "version",
            "supplier",
            "title",
            "state",
            "is_current",
            "valid_from",
            "valid_until",
            "currency",
            "incoterm",
            "stacks",
            "cap_amount",
            "cap_qty",
            "approved_at",
            "ended_at",
            "lines",
        )
