from django.contrib import admin

from core.admin import MasterDataAdmin, ReadOnlyAdmin
from orders.models import (
    CarrierHoliday,
    Channel,
    ChannelWarehouse,
    DestinationRule,
    DutyRate,
    LifeRule,
    Order,
    OrderHold,
    Payment,
    RefundDue,
    RoutingDecision,
    Shipment,
    StockPrice,
    TransitStat,
)


class ChannelWarehouseInline(admin.TabularInline):
    model = ChannelWarehouse
    extra = 0
    raw_id_fields = ("warehouse",)


@admin.register(Channel)
class ChannelAdmin(MasterDataAdmin):
    capability = "orders.manage_channels"
    list_display = ("code", "name", "kind", "currency", "partial_policy", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name")
    ordering = ("code", "pk")
    inlines = (ChannelWarehouseInline,)


@admin.register(DestinationRule)
class DestinationRuleAdmin(MasterDataAdmin):
    capability = "orders.manage_channels"
    list_display = ("country", "postcode_prefix", "kind", "warehouse", "channel")
    list_filter = ("kind", "country")
    list_select_related = ("warehouse", "channel")
    raw_id_fields = ("warehouse",)
    ordering = ("country", "postcode_prefix", "pk")


@admin.register(LifeRule)
class LifeRuleAdmin(MasterDataAdmin):
    capability = "orders.manage_channels"
    list_display = ("channel", "country", "customer", "sku", "min_days", "note")
    list_filter = ("country",)
    list_select_related = ("channel", "customer", "sku")
    raw_id_fields = ("customer", "sku")
    ordering = ("channel", "country", "pk")


@admin.register(DutyRate)
class DutyRateAdmin(MasterDataAdmin):
    capability = "orders.manage_channels"
    list_display = ("country", "origin_country", "rate", "free_under_amount")
    ordering = ("country", "origin_country", "pk")


@admin.register(CarrierHoliday)
class CarrierHolidayAdmin(MasterDataAdmin):
    capability = "orders.manage_channels"
    list_display = ("country", "on", "name")
    list_filter = ("country",)
    ordering = ("country", "on", "pk")


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    capability = "orders.view"
    list_display = ("number", "channel", "external_id", "status", "stage", "placed_at")
    list_filter = ("status", "stage")
    list_select_related = ("channel",)
    search_fields = ("number", "external_id")
    ordering = ("-pk",)
    # Street, phone and mail address are read on the order's own page, where it is logged.
    exclude = (
        "ship_name",
        "ship_company",
        "ship_line1",
        "ship_line2",
        "ship_phone",
        "email",
        "name_norm",
        "gift_message",
    )


@admin.register(Shipment, OrderHold, RoutingDecision)
class OrderPartAdmin(ReadOnlyAdmin):
    capability = "orders.view"
    ordering = ("-pk",)


@admin.register(Payment, RefundDue)
class MoneyAdmin(ReadOnlyAdmin):
    capability = "orders.record_payment"
    ordering = ("-pk",)


@admin.register(StockPrice, TransitStat)
class RoutingFigureAdmin(ReadOnlyAdmin):
    capability = "orders.view"
    ordering = ("pk",)
