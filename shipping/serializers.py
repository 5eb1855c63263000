"""Shapes of shipping in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import PrefixedIdField
from shipping.domain.tracking import STATUSES
from shipping.models import Parcel, ParcelItem, TrackingEvent


class ParcelItemOut(serializers.ModelSerializer):
    """One SKU in a parcel."""

    class Meta:
        model = ParcelItem
        fields = ("sku_code", "name", "qty", "lot_code")


class TrackingEventOut(serializers.ModelSerializer):
    """One report of a carrier."""

    class Meta:
        model = TrackingEvent
        fields = ("source_event_id", "status", "text", "place", "country", "at", "received_at")


class ParcelOut(serializers.ModelSerializer):
    """A parcel with its content and the carrier's reports, newest first. No address."""

    id = PrefixedIdField("par")
    service_code = serializers.CharField(source="service.code")
    destination_country = serializers.SerializerMethodField()
    items = ParcelItemOut(many=True)
    events = TrackingEventOut(many=True)

    class Meta:
        model = Parcel
        fields = (
            "id",
            "number",
            "order_number",
            "shipment_number",
            "warehouse_code",
            "service_code",
            "destination_country",
            "position",
            "parcel_count",
            "weight_g",
            "length_mm",
            "width_mm",
            "height_mm",
            "state",
            "tracking_number",
            "tracking_status",
            "tracking_at",
            "handed_over_at",
            "delivered_at",
            "created_at",
            "items",
            "events",
        )

    def get_destination_country(self, row) -> str:
        return row.ship_to.get("country", "")


class TrackingEventIn(serializers.Serializer):
    """One report: the carrier's own id makes a repeat harmless."""

    tracking_number = serializers.CharField(max_length=64)
    source_event_id = serializers.CharField(max_length=100)
    status = serializers.ChoiceField(choices=STATUSES)
    at = serializers.DateTimeField(help_text="When it happened, with its UTC offset.")
    text = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    place = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, default="", allow_blank=True)
    utc_offset_min = serializers.IntegerField(
        min_value=-720, max_value=840, required=False, default=0
    )


class TrackingBatchIn(serializers.Serializer):
    """Up to 500 reports."""

    events = serializers.ListField(child=TrackingEventIn(), min_length=1, max_length=500)


class TrackingReportOut(serializers.Serializer):
    """What became of the reports."""

    recorded = serializers.IntegerField()
    repeated = serializers.IntegerField()
    moved = serializers.IntegerField()
    unknown_numbers = serializers.ListField(child=serializers.CharField())
