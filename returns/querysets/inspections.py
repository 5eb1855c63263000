"""Returned parcels, units and findings: scopes and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.inspections import (
        DispositionRule,
        Inspection,
        ReturnArrival,
        ReturnUnits,
    )


def _in_scope(principal: Principal, prefix: str) -> Q:
    """Return the condition for goods in the principal's warehouses; channels don't bind goods."""
    if principal.warehouse_codes is None:
        return Q()
    return Q(**{f"{prefix}warehouse__code__in": list(principal.warehouse_codes)})


class ReturnArrivalQuerySet(models.QuerySet["ReturnArrival"]):
    """Returned parcels."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep parcels that came to the principal's warehouses."""
        return self.filter(_in_scope(principal, ""))

    def open(self) -> Self:
        """Keep parcels that are being counted."""
        return self.filter(state="open")

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class ReturnUnitsQuerySet(models.QuerySet["ReturnUnits"]):
    """Units that came back."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep units that lie in the principal's warehouses."""
        return self.filter(_in_scope(principal, "arrival__"))

    def waiting(self) -> Self:
        """Keep units somebody still has to deal with."""
        return self.filter(processed_qty__lt=F("qty"))

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class ReturnInspectionQuerySet(models.QuerySet["Inspection"]):
    """Findings."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep findings made in the principal's warehouses."""
        return self.filter(_in_scope(principal, "units__arrival__"))


class DispositionRuleQuerySet(models.QuerySet["DispositionRule"]):
    """Rules for returned goods."""
