"""Shapes of products and stock in the API."""

from __future__ import annotations

from rest_framework import serializers

from core.api import PrefixedIdField
from inventory.models import Sku, SkuBarcode, StockLevel


class SkuOut(serializers.ModelSerializer):
    """A SKU with its barcodes and customs fields; costs are not part of it."""

    id = PrefixedIdField("sku")
    barcodes: serializers.SlugRelatedField[SkuBarcode] = serializers.SlugRelatedField(
        many=True, read_only=True, slug_field="code"
    )

    class Meta:
        model = Sku
        fields = (
            "id",
            "code",
            "name",
            "name_zh",
            "kind",
            "weight_g",
            "length_mm",
            "width_mm",
            "height_mm",
            "hs_code",
            "origin_country",
            "customs_text",
            "lot_tracked",
            "shelf_life_days",
            "archived",
            "barcodes",
        )


class StockLevelOut(serializers.ModelSerializer):
    """What one warehouse can promise of one SKU, in units."""

    id = PrefixedIdField("lvl")
    sku = serializers.CharField(source="sku.code")
    warehouse = serializers.CharField(source="warehouse.code")
    atp = serializers.IntegerField()

    class Meta:
        model = StockLevel
        fields = ("id", "sku", "warehouse", "on_hand", "unsellable", "reserved", "buffer", "atp")
