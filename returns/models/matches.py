"""Past returns of imported history, tied to the order lines they took back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.domain.matching import OUTCOMES
from returns.querysets.matches import ReturnMatchQuerySet


class ReturnMatch(models.Model):
    """What became of one imported return when its order was looked for.

    `services.matching` writes it: a match is final, every other outcome is looked at again when
    more history is imported. An order line belongs to one return at most. `candidates` counts the
    lines that fitted equally well.
    """

    class Outcome(models.TextChoices):
        MATCHED = "matched", _("Order found")
        AMBIGUOUS = "ambiguous", _("Several orders fit")
        TOO_FEW = "too_few", _("No order with as many units")
        NO_ORDER = "no_order", _("Never bought before")
        NO_CUSTOMER = "no_customer", _("Customer unknown")

    fact = models.OneToOneField("orders.ReturnFact", on_delete=models.CASCADE, related_name="match")
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    order_line = models.OneToOneField(
        "orders.OrderLine",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="matched_return",
    )
    candidates = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField()

    objects = ReturnMatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("matched return")
        verbose_name_plural = _("matched returns")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=OUTCOMES), name="returnmatch_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="matched", order_line__isnull=False)
                | (~Q(outcome="matched") & Q(order_line__isnull=True)),
                name="returnmatch_names_its_line",
            ),
        ]
        indexes = [models.Index(fields=["outcome"], name="returnmatch_by_outcome")]

    def __str__(self) -> str:
        return f"{self.fact_id} {self.outcome}"
