from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from inventory.querysets.scopes import WarehouseScopedQuerySet

if TYPE_CHECKING:
    from suppliers.models import (
        AnswerClock,
        ChangeProposal,
        Milestone,
        SupplierLink,
        SupplierMessage,
    )


class SupplierLinkQuerySet(models.QuerySet["SupplierLink"]):
    """Links handed to suppliers."""

    def live(self, now: dt.datetime) -> Self:
        """Keep the links that neither expired nor were revoked, of suppliers in use."""
        return self.filter(expires_at__gt=now, revoked_at__isnull=True, supplier__is_active=True)


class ChangeProposalQuerySet(WarehouseScopedQuerySet["ChangeProposal"]):
    """What suppliers want otherwise than ordered."""

    warehouse_path: ClassVar[str] = "order__warehouse"

    def open(self) -> Self:
        """Keep the proposals the buyer has not decided."""
        return self.filter(state="proposed")


class AnswerClockQuerySet(WarehouseScopedQuerySet["AnswerClock"]):
    """How long suppliers let orders wait."""

    warehouse_path: ClassVar[str] = "order__warehouse"

    def running(self) -> Self:
        """Keep the clocks of orders that wait for an answer."""
        return self.filter(stopped_at__isnull=True)


class MilestoneQuerySet(WarehouseScopedQuerySet["Milestone"]):
    """Steps between order and delivery."""

    warehouse_path: ClassVar[str] = "order__warehouse"


class SupplierMessageQuerySet(WarehouseScopedQuerySet["SupplierMessage"]):
    """What buyer and supplier wrote to each other."""

    warehouse_path: ClassVar[str] = "order__warehouse"
