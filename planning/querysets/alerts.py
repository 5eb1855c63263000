"""Alerts and their rules, and who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from inventory.querysets.scopes import WarehouseScopedQuerySet
from planning.domain.alert_rules import Severity
from planning.domain.alert_states import ACTIVE

if TYPE_CHECKING:
    import datetime as dt

    from core.permissions import Principal
    from planning.models import Alert, AlertRule


class AlertRuleQuerySet(WarehouseScopedQuerySet["AlertRule"]):
    """Rules; those of all warehouses are seen by everybody."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the rules of the principal's warehouses and those of all warehouses."""
        if principal.warehouse_codes is None:
            return self.all()
        return self.filter(self._in_scope(principal.warehouse_codes) | Q(warehouse__isnull=True))

    def in_force(self) -> Self:
        """Keep the rules that are not paused."""
        return self.filter(is_paused=False)


class AlertQuerySet(WarehouseScopedQuerySet["Alert"]):
    """Alerts of the principal's warehouses."""

    def active(self) -> Self:
        """Keep what is open, acknowledged or snoozed."""
        return self.filter(state__in=ACTIVE)

    def to_act(self) -> Self:
        """Keep what a person should act on: neither snoozed nor a mere suggestion."""
        return self.filter(state__in=("open", "acknowledged"), severity__gte=Severity.HIGH)

    def untold(self) -> Self:
        """Keep open alerts, suggestions aside, of which nobody was told yet."""
        return self.filter(state="open", severity__gte=Severity.HIGH, told_at__isnull=True)

    def ignored_since(self, moment: dt.datetime) -> Self:
        """Keep critical alerts that nobody took up since `moment` and nobody was called for."""
        return self.filter(
            state="open",
            severity=Severity.CRITICAL,
            raised_at__lte=moment,
            escalated_at__isnull=True,
        )
