from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin import MasterDataAdmin, ReadOnlyAdmin
from inventory.models import (
    Bin,
    BinPlace,
    BinReservation,
    BinStock,
    Bom,
    BomLine,
    CostLayer,
    CountTask,
    FloorLayout,
    LayerConsumption,
    Lot,
    PackagingSpec,
    Product,
    Reservation,
    Sku,
    SkuBarcode,
    StockEvent,
    StockLevel,
    StockMove,
    Substitute,
    Warehouse,
    WarehouseHoliday,
    Zone,
)


class SkuBarcodeInline(admin.TabularInline):
    model = SkuBarcode
    extra = 0


class PackagingInline(admin.StackedInline):
    model = PackagingSpec
    extra = 0


class HolidayInline(admin.TabularInline):
    model = WarehouseHoliday
    extra = 0


class BomLineInline(admin.TabularInline):
    model = BomLine
    extra = 0
    can_delete = False
    raw_id_fields = ("component",)
    readonly_fields = ("component", "qty", "price_share")

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Product)
class ProductAdmin(MasterDataAdmin):
    capability = "inventory.manage_products"
    list_display = ("code", "name", "brand", "category", "archived")
    search_fields = ("code", "name")
    ordering = ("code", "pk")


class MeasuresFilter(admin.SimpleListFilter):
    """Goods that no packing plan can place: packers see them by name, here they get their size."""

    title = _("measures")
    parameter_name = "measures"

    def lookups(self, request, model_admin):
        return (("missing", _("missing")),)

    def queryset(self, request, queryset):
        return queryset.unmeasured() if self.value() == "missing" else queryset


@admin.register(Sku)
class SkuAdmin(MasterDataAdmin):
    capability = "inventory.manage_products"
    list_display = ("code", "name", "kind", "weight_g", "lot_tracked", "archived")
    list_filter = (MeasuresFilter, "kind", "lot_tracked", "archived")
    search_fields = ("code", "name", "barcodes__code")
    raw_id_fields = ("product",)
    # Changing what already lies in bins goes through the catalogue service, which looks first.
    readonly_fields = ("lot_tracked",)
    inlines = (SkuBarcodeInline, PackagingInline)
    ordering = ("code", "pk")


@admin.register(Substitute)
class SubstituteAdmin(MasterDataAdmin):
    capability = "inventory.manage_products"
    list_display = ("sku", "substitute", "num", "den", "rank", "is_active")
    list_select_related = ("sku", "substitute")
    search_fields = ("sku__code", "substitute__code")
    raw_id_fields = ("sku", "substitute")
    ordering = ("sku__code", "rank", "pk")


@admin.register(Warehouse)
class WarehouseAdmin(MasterDataAdmin):
    capability = "inventory.manage_places"
    list_display = ("code", "name", "country", "timezone", "is_active")
    inlines = (HolidayInline,)
    ordering = ("code", "pk")


@admin.register(Zone)
class ZoneAdmin(MasterDataAdmin):
    capability = "inventory.manage_places"
    list_display = ("code", "warehouse", "kind", "climate", "hazard")
    list_filter = ("climate",)
    list_select_related = ("warehouse",)
    ordering = ("warehouse", "code", "pk")


@admin.register(Bin)
class BinAdmin(MasterDataAdmin):
    capability = "inventory.manage_places"
    list_display = ("code", "warehouse", "zone", "kind", "pick_sequence", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("warehouse", "zone")
    search_fields = ("code",)
    readonly_fields = ("warehouse", "kind", "is_active")
    ordering = ("warehouse", "pick_sequence", "pk")

    def has_add_permission(self, request):
        return False


@admin.register(FloorLayout)
class FloorLayoutAdmin(MasterDataAdmin):
    capability = "inventory.manage_places"
    list_display = ("warehouse", "kind", "aisle_count", "places")
    list_select_related = ("warehouse",)
    ordering = ("warehouse__code", "pk")


@admin.register(BinPlace)
class BinPlaceAdmin(MasterDataAdmin):
    capability = "inventory.manage_places"
    list_display = ("bin", "aisle", "place", "x_mm", "y_mm", "level")
    list_select_related = ("bin",)
    search_fields = ("bin__code",)
    raw_id_fields = ("bin",)
    ordering = ("bin__warehouse__code", "bin__pick_sequence", "pk")


class BookAdmin(ReadOnlyAdmin):
    capability = "inventory.view"
    ordering = ("-pk",)


@admin.register(Bom)
class BomAdmin(BookAdmin):
    list_display = ("kit", "version", "is_current", "created_at")
    list_select_related = ("kit",)
    inlines = (BomLineInline,)


@admin.register(Lot)
class LotAdmin(BookAdmin):
    list_display = ("code", "sku", "expires_on", "status")
    list_select_related = ("sku",)
    search_fields = ("code", "sku__code")


@admin.register(StockLevel)
class StockLevelAdmin(BookAdmin):
    list_display = ("warehouse", "sku", "on_hand", "unsellable", "reserved", "buffer")
    list_select_related = ("warehouse", "sku")
    search_fields = ("sku__code",)


@admin.register(BinStock)
class BinStockAdmin(BookAdmin):
    list_display = ("bin", "sku", "lot", "condition", "qty", "reserved")
    list_select_related = ("bin", "sku", "lot")
    search_fields = ("sku__code", "bin__code")


@admin.register(StockEvent)
class StockEventAdmin(BookAdmin):
    list_display = ("event_key", "kind", "actor_key", "reason", "at")
    search_fields = ("event_key",)


@admin.register(StockMove)
class StockMoveAdmin(BookAdmin):
    list_display = ("event", "sku", "lot", "from_bin", "to_bin", "qty")
    exclude = ("unit_cost",)  # costs have a capability of their own
    list_select_related = ("event", "sku", "lot", "from_bin", "to_bin")


@admin.register(Reservation)
class ReservationAdmin(BookAdmin):
    list_display = ("owner_key", "level", "qty", "consumed_qty", "released_qty", "state")
    list_select_related = ("level",)


@admin.register(BinReservation)
class BinReservationAdmin(BookAdmin):
    list_display = ("owner_key", "demand_key", "bin_stock", "qty", "state")
    list_select_related = ("bin_stock",)


class CostAdmin(BookAdmin):
    capability = "inventory.view_cost"


@admin.register(CostLayer)
class CostLayerAdmin(CostAdmin):
    list_display = ("sku", "warehouse", "qty", "remaining_qty", "unit_cost", "received_at")
    list_select_related = ("sku", "warehouse")


@admin.register(LayerConsumption)
class LayerConsumptionAdmin(CostAdmin):
    list_display = ("move", "layer", "qty", "unit_cost")
    list_select_related = ("move", "layer")


@admin.register(CountTask)
class CountTaskAdmin(BookAdmin):
    list_display = ("bin", "sku", "reason", "state", "due_at")
    list_select_related = ("bin", "sku")
