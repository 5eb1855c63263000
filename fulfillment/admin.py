"""Carts and put walls in the admin: what managers set up once."""

from __future__ import annotations

from django.contrib import admin

from core.admin import MasterDataAdmin
from fulfillment.models import Cart, PutWall, WallSlot


class WallSlotInline(admin.TabularInline):
    model = WallSlot
    extra = 0
    can_delete = False
    raw_id_fields = ("bin",)
    readonly_fields = ("shipment",)


@admin.register(Cart)
class CartAdmin(MasterDataAdmin):
    capability = "fulfillment.manage_stations"
    list_display = ("code", "warehouse", "slot_count", "is_active")
    list_select_related = ("warehouse",)
    search_fields = ("code",)
    ordering = ("code", "pk")


@admin.register(PutWall)
class PutWallAdmin(MasterDataAdmin):
    capability = "fulfillment.manage_stations"
    list_display = ("code", "warehouse", "is_active")
    list_select_related = ("warehouse",)
    search_fields = ("code",)
    raw_id_fields = ("overflow_bin",)
    readonly_fields = ("tote", "task", "in_hand_qty")
    inlines = (WallSlotInline,)
    ordering = ("code", "pk")
