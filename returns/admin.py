from django.contrib import admin

from core.admin import MasterDataAdmin
from returns.models import DispositionRule


@admin.register(DispositionRule)
class DispositionRuleAdmin(MasterDataAdmin):
    capability = "returns.manage_policies"
    list_display = ("id", "sku", "category", "grade", "disposition", "open_box_sku")
    list_filter = ("disposition", "grade")
    list_select_related = ("sku", "open_box_sku")
    raw_id_fields = ("sku", "open_box_sku")
    search_fields = ("sku__code", "category")
    ordering = ("id",)
