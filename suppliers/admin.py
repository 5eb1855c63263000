from django.contrib import admin

from core.admin import MasterDataAdmin
from suppliers.models import Supplier


@admin.register(Supplier)
class SupplierAdmin(MasterDataAdmin):
    capability = "suppliers.manage_arrivals"
    list_display = ("code", "name", "inspection", "is_new", "is_active")
    list_filter = ("inspection", "is_new", "is_active")
    search_fields = ("code", "name", "name_zh")
    ordering = ("code", "pk")
