"""People, what they may do, where they may do it, and the keys that act for them."""

from __future__ import annotations

import functools
import zoneinfo
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.querysets import people as querysets

if TYPE_CHECKING:
    import datetime as dt

#: The scope code that means every warehouse or every channel, those of tomorrow included.
EVERY = "*"


@functools.cache
def time_zones() -> frozenset[str]:
    """Return the IANA time zones this machine knows; looking opens hundreds of files, so once."""
    return frozenset(zoneinfo.available_timezones())


def check_time_zone(name: str) -> None:
    """Refuse a name that is not an IANA time zone."""
    if name not in time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/Rotterdam."),
            params={"name": name},
            code="unknown_time_zone",
        )


class User(AbstractUser):
    """One person of the company. People services write it; rows are suspended, never deleted.

    `session_stamp` is part of every session's hash: counting it up ends all sessions of the person
    with their next request. `services.badges` writes badge, PIN and the count of wrong PINs.
    """

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh-hans", "简体中文"

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    first_name = None  # type: ignore[assignment]  # one name field: order of parts differs by culture
    last_name = None  # type: ignore[assignment]  # see first_name

    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=8, choices=Language, default=Language.ENGLISH
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[check_time_zone]
    )
    theme = models.CharField(_("theme"), max_length=8, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(
        _("row height"), max_length=12, choices=Density, default=Density.COMFORTABLE
    )
    sounds = models.BooleanField(_("sounds"), default=True)
    single_key_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    default_warehouse_code = models.CharField(_("usual warehouse"), max_length=32, blank=True)
    badge_code = models.CharField(
        _("badge"), max_length=64, null=True, blank=True, unique=True, editable=False
    )
    pin_hash = models.CharField(max_length=256, blank=True, editable=False)
    pin_failed_count = models.PositiveSmallIntegerField(default=0, editable=False)
    pin_failed_at = models.DateTimeField(null=True, blank=True, editable=False)
    session_stamp = models.PositiveIntegerField(default=0, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # After a reset the person sets up a new second factor before anything else, required or not.
    second_factor_due = models.BooleanField(default=False, editable=False)

    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    objects: ClassVar[querysets.UserManager] = querysets.UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once"),
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | Q(is_active=False),
                name="user_suspended_is_inactive",
            ),
            models.CheckConstraint(condition=~Q(badge_code=""), name="user_badge_code_not_empty"),
            models.CheckConstraint(
                condition=Q(pin_failed_count__lte=10), name="user_pin_failures_bounded"
            ),
            models.CheckConstraint(
                condition=Q(pin_failed_count=0) | Q(pin_failed_at__isnull=False),
                name="user_pin_failure_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the name shown to others."""
        return self.full_name or self.username

    def get_short_name(self) -> str:
        """Return the name shown where space is short."""
        return self.full_name or self.username

    def get_session_auth_hash(self) -> str:
        """Return the value every session of this person carries; password or stamp change it."""
        return self._stamped_hash()

    def get_session_auth_fallback_hash(self) -> Any:
        """Yield the hashes made with older secret keys, so that rotating a key signs nobody out."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._stamped_hash(secret)

    def _stamped_hash(self, secret: str | bytes | None = None) -> str:
        value = f"{self.password}:{self.session_stamp}"
        return salted_hmac(
            "core.models.people.User.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()


class Role(models.Model):
    """A named set of capabilities. Built-in roles mirror the code; copies belong to the company."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it is for"), max_length=300, blank=True)
    is_builtin = models.BooleanField(default=False, editable=False)
    based_on = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = querysets.RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_builtin=False) | Q(archived=False), name="role_builtin_stays"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoleCapability(models.Model):
    """One capability of one role. Role services and the set-up of built-in roles write it."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    capability = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "capability"], name="rolecapability_once_per_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.capability}"


class UserRole(models.Model):
    """One role that one person holds. People services write it, and audit each change."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="user_grants")
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    granted_by_key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="userrole_once_per_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role_id}"


class UserScope(models.Model):
    """One warehouse or channel a person may work in; the code `*` means all. No row means none."""

    class Kind(models.TextChoices):
        WAREHOUSE = "warehouse", _("Warehouse")
        CHANNEL = "channel", _("Channel")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="scopes")
    kind = models.CharField(max_length=12, choices=Kind)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "code"], name="userscope_once_per_user"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["warehouse", "channel"]), name="userscope_kind_known"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="userscope_code_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.code}"


class UserSession(models.Model):
    """One signed-in browser of one person, for the list on the security page.

    The session middleware writes it; ending a session deletes the row and the session behind it.
    """

    class Kind(models.TextChoices):
        OFFICE = "office", _("Back office")
        FLOOR = "floor", _("Warehouse floor")
        BADGE = "badge", _("Shared floor device")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.OFFICE)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_in_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} since {self.signed_in_at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """Return browser and system in two words, or nothing for an unknown one."""
        return device_name(self.user_agent)


#: What stands in a user agent -> what people call it; the first that fits wins.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("Android", "Android"),
    ("Linux", "Linux"),
)


def _first_named(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in names if mark in text), "")


def device_name(user_agent: str) -> str:
    """Return browser and system of a user agent in two words, or nothing for an unknown one."""
    browser = _first_named(user_agent, _BROWSERS)
    system = _first_named(user_agent, _SYSTEMS)
    return " · ".join(filter(None, (browser, system)))


class ApiKey(models.Model):
    """A secret that lets a program act through the API. Shown once, stored as SHA-256.

    A key with an owner is personal: it may never do more than its owner, and ends with the owner's
    password, roles or account. A key without owner is the company's and ends only when it is
    revoked or expires. `warehouse_codes` and `channel_codes`: a list, or null for all.
    """

    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    capabilities = models.JSONField(default=list)
    warehouse_codes = models.JSONField(null=True, blank=True, default=None)
    channel_codes = models.JSONField(null=True, blank=True, default=None)
    allowed_networks = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by_key = models.CharField(max_length=64, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoke_reason = models.CharField(max_length=200, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )

    objects = querysets.ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("created_at")),
                name="apikey_expires_after_creation",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="apikey_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (qk_{self.prefix}…)"

    def is_usable(self, at: dt.datetime) -> bool:
        """Say whether the key still opens the API at this moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)


class Invitation(models.Model):
    """A one-time link that lets a person set up an account.

    The link is signed and carries `nonce`, so it can be sent again but not made up, and nothing in
    this row opens the door. `roles` holds role codes; `warehouse_codes` and `channel_codes` hold
    scope codes as in `UserScope`.
    """

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=8, choices=User.Language, default=User.Language.ENGLISH)
    roles = models.JSONField(default=list)
    warehouse_codes = models.JSONField(default=list)
    channel_codes = models.JSONField(default=list)
    nonce = models.CharField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by_key = models.CharField(max_length=64, blank=True, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitation"
    )

    objects = querysets.InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open_per_email",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="invitation_expires_after_creation",
            ),
        ]

    def __str__(self) -> str:
        return self.email
