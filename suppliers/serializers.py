"""Shapes of arrivals in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import PrefixedIdField
from suppliers.models import Asn, AsnLine
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
