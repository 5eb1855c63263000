"""Reads of people, roles, keys and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.auth import models as auth_models
from django.db import models
from django.db.models import Q

from core.capabilities import SHARED_DEVICE

if TYPE_CHECKING:
    import datetime as dt

    from core.models.people import ApiKey, Invitation, Role, User
    from core.permissions import Principal


class UserQuerySet(models.QuerySet["User"]):
    """Reads of people."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the people this principal may look at: all with `users.view`, else only itself."""
        if principal.may("users.view"):
            return self
        if principal.actor.kind == "user" and principal.actor.id is not None:
            return self.filter(pk=principal.actor.id)
        return self.none()

    def holding(self, capability: str) -> Self:
        """Keep the active people with a role that grants `capability`."""
        holders = self.model._base_manager.filter(
            role_grants__role__archived=False, role_grants__role__grants__capability=capability
        )
        return self.filter(pk__in=holders.values("pk"), is_active=True)

    def badge_holders_for(self, principal: Principal) -> Self:
        """Keep the people whose badge and PIN this principal may set.

        Who manages people sets everybody's. Who manages stations sets those of the people who work
        on the floor of their own warehouses, but never of somebody who manages people.
        """
        if principal.may("users.manage"):
            return self
        if not principal.may("fulfillment.manage_stations"):
            return self.none()
        users = self.model._base_manager
        workers = users.filter(
            role_grants__role__archived=False,
            role_grants__role__grants__capability__in=sorted(SHARED_DEVICE),
        )
        managers = users.filter(role_grants__role__grants__capability="users.manage")
        kept = self.filter(pk__in=workers.values("pk")).exclude(pk__in=managers.values("pk"))
        if principal.warehouse_codes is None:
            return kept
        codes = [*sorted(principal.warehouse_codes), "*"]
        here = users.filter(scopes__kind="warehouse", scopes__code__in=codes)
        return kept.filter(pk__in=here.values("pk"))

    def with_role(self, code: str) -> Self:
        """Keep the active people who hold the role with this code."""
        return self.filter(role_grants__role__code=code, is_active=True)

    def matching(self, text: str) -> Self:
        """Keep people whose name, user name or e-mail contains `text`, in any case."""
        return self.filter(
            Q(full_name__icontains=text) | Q(username__icontains=text) | Q(email__icontains=text)
        )


class UserManager(auth_models.UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # built at run time
    """Create people; user names and e-mails are looked up in any case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this user name, in any case."""
        return self.get(username__iexact=username)  # type: ignore[no-any-return]  # dynamic base


class RoleQuerySet(models.QuerySet["Role"]):
    """Reads of roles."""

    def current(self) -> Self:
        """Leave out archived roles."""
        return self.filter(archived=False)

    def visible_to(self, principal: Principal) -> Self:
        """Keep all roles for those who may see people, none for others."""
        return self if principal.may("users.view") else self.none()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Reads of API keys."""

    def usable(self, at: dt.datetime) -> Self:
        """Keep the keys that open the API at this moment."""
        return self.filter(revoked_at__isnull=True).filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at)
        )

    def exclude_usable(self, at: dt.datetime) -> Self:
        """Keep the keys that are revoked or expired."""
        return self.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=at))

    def visible_to(self, principal: Principal) -> Self:
        """Keep all keys for those who manage them, else only a person's own."""
        if principal.may("keys.manage"):
            return self
        if principal.actor.kind == "user" and principal.actor.id is not None:
            return self.filter(owner_id=principal.actor.id)
        return self.none()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Reads of invitations."""

    def open(self) -> Self:
        """Keep those neither accepted nor withdrawn, expired ones included."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def visible_to(self, principal: Principal) -> Self:
        """Keep all for those who may see people, none for others."""
        return self if principal.may("users.view") else self.none()
