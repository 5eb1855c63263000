"""The repair site: master data can be put right there, the books can only be read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from core import audit, clock
from core.models import AuditEntry, AuditSeal, Job, Role, User
from core.permissions import principal_of
from core.repair import SITE_CAPABILITY


class MasterDataAdmin(admin.ModelAdmin):
    """Rows that people may put right here: `capability` opens them. Nothing is deleted."""

    capability = SITE_CAPABILITY
    show_full_result_count = False
    list_per_page = 50

    def _may(self, request):
        principal = principal_of(request)
        return principal.may(SITE_CAPABILITY) and principal.may(self.capability)

    def has_module_permission(self, request):
        return self._may(request)

    def has_view_permission(self, request, obj=None):
        return self._may(request)

    def has_add_permission(self, request):
        return self._may(request)

    def has_change_permission(self, request, obj=None):
        return self._may(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def log_addition(self, request, obj, message):
        return _noted(request, obj, "admin.added", message)

    def log_change(self, request, obj, message):
        return _noted(request, obj, "admin.changed", message)


def _noted(request, obj, action, message):
    """Write our audit entry instead of Django's log line."""
    audit.record(
        actor=principal_of(request).actor,
        action=action,
        target=f"{obj._meta.model_name}:{obj.pk}",
        after={"message": str(message)[:500]},
        at=clock.now(),
    )


class ReadOnlyAdmin(MasterDataAdmin):
    """Rows that services write and nobody edits: ledger, levels, events, audit, jobs."""

    actions: ClassVar[None] = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    capability = "audit.view"
    list_display = ("id", "at", "action", "target_kind", "target_id", "actor_label")
    list_filter = ("actor_kind",)
    ordering = ("-id",)


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    capability = "audit.view"
    list_display = ("on", "entry_count", "sealed_at")
    ordering = ("-on",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    capability = "jobs.view"
    list_display = ("id", "name", "status", "attempts", "created_at", "finished_at")
    list_filter = ("status", "queue")
    ordering = ("-id",)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    capability = "users.view"
    list_display = ("id", "username", "full_name", "is_active", "last_login")
    exclude = ("password", "badge_code", "pin_hash")
    ordering = ("id",)


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    capability = "users.view"
    list_display = ("id", "code", "name", "is_builtin", "archived")
    ordering = ("id",)
