"""Stations and the scans that arrived from them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import FloorDeviceQuerySet, ShiftQuerySet, StationQuerySet


class Station(models.Model):
    """A pack bench, a dock or a post for handhelds. Managers write it.

    `bin` is where goods stand while they are packed there. `FloorDevice` holds what stands at it.
    """

    class Kind(models.TextChoices):
        HANDHELD = "handheld", _("Handheld")
        PACK = "pack", _("Pack station")
        DOCK = "dock", _("Dock")

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    warehouse = models.ForeignKey("inventory.Warehouse", on_delete=models.PROTECT, related_name="+")
    bin = models.ForeignKey("inventory.Bin", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    printer_name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)

    objects = StationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class FloorDevice(models.Model):
    """A shared tablet or handheld that stands at a station and takes badge and PIN.

    `services.devices` writes it. A manager opens the row and gets a registration code that works
    once; the device that types it gets a token. Only SHA-256 hashes of both are kept. A revoked
    row never opens again.
    """

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=80)
    code_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(editable=False)
    opened_by_key = models.CharField(max_length=64, editable=False)
    registered_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = FloorDeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="floordevice_has_a_name"),
            models.CheckConstraint(
                condition=Q(code_hash__isnull=True) | Q(token_hash__isnull=True),
                name="floordevice_code_or_token",
            ),
            models.CheckConstraint(
                condition=Q(code_hash__isnull=True) | Q(code_expires_at__isnull=False),
                name="floordevice_code_expires",
            ),
            models.CheckConstraint(
                condition=Q(token_hash__isnull=True) | Q(registered_at__isnull=False),
                name="floordevice_token_is_registered",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True)
                | Q(token_hash__isnull=True, code_hash__isnull=True),
                name="floordevice_revoked_opens_nothing",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """One person at one station, from the start of the shift until the browser signs out.

    `services.shifts` writes it. `device` is empty where the person works with an account of their
    own. `session` turns empty when the sign-in ends, whoever ends it.
    """

    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="shifts")
    device = models.ForeignKey(
        FloorDevice, on_delete=models.PROTECT, null=True, related_name="shifts"
    )
    session = models.OneToOneField(
        "core.UserSession", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(ended_at__isnull=True),
                name="shift_one_open_per_device",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="shift_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.station_id}"


class ScanRecord(models.Model):
    """One scan and the verdict it got. `scan_id` comes from the device, so a repeat is known.

    `answer` is the verdict as it was sent: the same scan again gets the same answer and has no
    second effect.
    """

    scan_id = models.UUIDField(unique=True)
    station_code = models.CharField(max_length=24, blank=True)
    actor_key = models.CharField(max_length=40)
    screen = models.CharField(max_length=16)
    task_key = models.CharField(max_length=40, blank=True)
    raw = models.CharField(max_length=512)
    verdict = models.CharField(max_length=10)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["actor_key", "-id"], name="scanrecord_by_actor"),
            models.Index(fields=["at"], name="scanrecord_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.raw[:40]}"
