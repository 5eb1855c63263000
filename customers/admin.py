from __future__ import annotations

from django.contrib import admin

from core.admin import MasterDataAdmin
from core.permissions import principal_of
from customers.models import Customer, CustomerAddress, CustomerExternalId


class _PartOfCustomer:
    extra = 0

    def has_view_permission(self, request, obj=None):
        return principal_of(request).may("customers.edit")

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False


class AddressInline(_PartOfCustomer, admin.StackedInline):
    model = CustomerAddress


class ExternalIdInline(_PartOfCustomer, admin.TabularInline):
    model = CustomerExternalId


@admin.register(Customer)
class CustomerAdmin(MasterDataAdmin):
    capability = "customers.edit"
    list_display = ("number", "name", "country", "order_count", "last_order_at")
    search_fields = ("number", "name", "email_norm", "external_ids__external_id")
    readonly_fields = (
        "number",
        "email_norm",
        "first_order_at",
        "last_order_at",
        "order_count",
        "merged_into",
        "anonymised_at",
        "created_at",
        "updated_at",
    )
    ordering = ("-id",)
    inlines = (AddressInline, ExternalIdInline)

    def has_add_permission(self, request):
        # Customers come with their orders: `customers.services.directory` gives them a number.
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(principal_of(request))
