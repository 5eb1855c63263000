"""Labels of returns by standing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from returns.domain.label_methods import ALIVE

if TYPE_CHECKING:
    from returns.models.labels import ReturnLabel


class ReturnLabelQuerySet(models.QuerySet["ReturnLabel"]):
    """Labels of returns."""

    def alive(self) -> Self:
        """Keep those that are asked for, ready or used: one per parcel of a return."""
        return self.filter(state__in=ALIVE)

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")
