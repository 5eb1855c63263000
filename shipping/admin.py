from django.contrib import admin

from core.admin import MasterDataAdmin, ReadOnlyAdmin
from shipping.models import (
    Carrier,
    CarrierService,
    Label,
    LabelRequest,
    Parcel,
    RateCard,
    TrackingEvent,
)


@admin.register(Carrier)
class CarrierAdmin(MasterDataAdmin):
    capability = "shipping.manage"
    list_display = ("code", "name", "kind", "is_active", "paused_until")
    readonly_fields = ("failures", "paused_until")
    search_fields = ("code", "name")


@admin.register(CarrierService)
class CarrierServiceAdmin(MasterDataAdmin):
    capability = "shipping.manage"
    list_display = ("code", "name", "carrier", "mode", "is_active", "is_default_flat")
    list_select_related = ("carrier",)
    search_fields = ("code", "name")


@admin.register(RateCard)
class RateCardAdmin(ReadOnlyAdmin):
    list_display = ("service", "version", "currency", "valid_from", "valid_to")
    list_select_related = ("service",)


@admin.register(Parcel)
class ParcelAdmin(ReadOnlyAdmin):
    list_display = ("number", "state", "tracking_number", "warehouse_code")
    search_fields = ("number", "tracking_number")
    exclude = ("ship_to", "ship_from", "public_view")


@admin.register(LabelRequest)
class LabelRequestAdmin(ReadOnlyAdmin):
    list_display = ("request_key", "state", "attempts", "error_code")
    search_fields = ("request_key",)


@admin.register(Label)
class LabelAdmin(ReadOnlyAdmin):
    list_display = ("tracking_number", "carrier_reference", "bought_at")
    search_fields = ("tracking_number",)


@admin.register(TrackingEvent)
class TrackingEventAdmin(ReadOnlyAdmin):
    list_display = ("parcel", "status", "place", "at")
    list_select_related = ("parcel",)
