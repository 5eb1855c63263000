"""API of inventory: products and stock levels, to read."""

from __future__ import annotations

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets

from core.api import CursorPages, parse_id
from core.permissions import principal_of
from inventory.models import Sku, SkuBarcode, StockLevel
from inventory.serializers import SkuOut, StockLevelOut


def _id_parameter(prefix: str) -> OpenApiParameter:
    return OpenApiParameter("id", str, OpenApiParameter.PATH, pattern=f"^{prefix}_[1-9][0-9]*$")


class SkuFilter(filters.FilterSet):
    """Exact filters of the product list."""

    barcode = filters.CharFilter(field_name="barcodes__code")

    class Meta:
        model = Sku
        fields = ("code", "kind", "archived")


class StockLevelFilter(filters.FilterSet):
    """Exact filters of the stock list."""

    sku = filters.CharFilter(field_name="sku__code")
    warehouse = filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = StockLevel
        fields = ()


@extend_schema(tags=["inventory"], parameters=[_id_parameter("sku")])
class SkuViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Products, by SKU."""

    capability = ("inventory.view", "inventory.view_totals")
    serializer_class = SkuOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = SkuFilter
    ordering = ("-pk",)
    queryset = Sku.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        rows = Sku.objects.visible_to(principal_of(self.request._request))
        return rows.prefetch_related(Prefetch("barcodes", SkuBarcode.objects.order_by("pk")))

    def get_object(self):
        self.kwargs["pk"] = parse_id("sku", str(self.kwargs["pk"]))
        return super().get_object()


@extend_schema(tags=["inventory"], parameters=[_id_parameter("lvl")])
class StockLevelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """On hand, reserved and ATP by SKU and warehouse."""

    capability = ("inventory.view", "inventory.view_totals")
    serializer_class = StockLevelOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = StockLevelFilter
    ordering = ("-pk",)
    queryset = StockLevel.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        rows = StockLevel.objects.visible_to(principal_of(self.request._request))
        return rows.with_atp().select_related("sku", "warehouse")

    def get_object(self):
        self.kwargs["pk"] = parse_id("lvl", str(self.kwargs["pk"]))
        return super().get_object()
