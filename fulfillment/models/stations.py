"""Stations and the scans that arrived from them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from fulfillment.querysets import StationQuerySet


class Station(models.Model):
    """A registered tablet, handheld or pack bench. Managers write it.

    `token_hash` is the SHA-256 of the token its browser keeps; without one a device cannot take
    a PIN. `bin` is where goods stand while they are packed there.
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
    token_hash = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)

    objects = StationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


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
        indexes = [models.Index(fields=["actor_key", "-id"], name="scanrecord_by_actor")]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.raw[:40]}"
