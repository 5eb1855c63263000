"""What the computer proposes for a carton: the box, why, and where each unit lies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.packing import Carton


class PackPlan(models.Model):
    """The packing proposed for the contents of one carton. `services.pack_planning` writes it.

    `inputs_key` is the SHA-256 of everything it was computed from (units with measures and
    handling, boxes, prices, rule version): a plan whose key differs from the carton's is out of
    date and made again. `body` is the plan as `domain/pack_plans.py` writes and reads it.
    """

    class Effort(models.TextChoices):
        SHORT = "short", _("Short look")
        FULL = "full", _("Full look")
        EXACT = "exact", _("Exact")

    carton = models.OneToOneField(Carton, on_delete=models.CASCADE, related_name="plan")
    inputs_key = models.CharField(max_length=64)
    effort = models.CharField(max_length=5, choices=Effort)
    body = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(effort__in=("short", "full", "exact")), name="packplan_effort_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carton_id} {self.effort}"
