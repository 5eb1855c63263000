"""Routes of the API, version 1. Each app adds its view sets below."""

from __future__ import annotations

from django.urls import path
from rest_framework.routers import SimpleRouter

from core.api.docs import Docs, Schema
from inventory.api import SkuViewSet, StockLevelViewSet
from orders.api import DeliveryOptions, OrderViewSet, ShipmentViewSet, SubscriptionViewSet
from returns.api import ReturnViewSet
from shipping.api import ParcelViewSet, TrackingEvents
from suppliers.api import (
    AgreementViewSet,
    ArrivalViewSet,
    PurchaseOrderViewSet,
    SupplierViewSet,
)

router = SimpleRouter()
router.register("agreements", AgreementViewSet, basename="api-agreement")
router.register("arrivals", ArrivalViewSet, basename="api-arrival")
router.register("orders", OrderViewSet, basename="api-order")
router.register("products", SkuViewSet, basename="api-sku")
router.register("purchase-orders", PurchaseOrderViewSet, basename="api-purchase-order")
router.register("returns", ReturnViewSet, basename="api-return")
router.register("shipments", ShipmentViewSet, basename="api-shipment")
router.register("stock", StockLevelViewSet, basename="api-stock")
router.register("subscriptions", SubscriptionViewSet, basename="api-subscription")
router.register("suppliers", SupplierViewSet, basename="api-supplier")
router.register("parcels", ParcelViewSet, basename="api-parcel")

urlpatterns = [
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("delivery-options/", DeliveryOptions.as_view(), name="api-delivery-options"),
    path("tracking-events/", TrackingEvents.as_view(), name="api-tracking-events"),
    *router.urls,
]
