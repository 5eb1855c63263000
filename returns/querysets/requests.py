"""Returns, their lines, photos and steps: scopes and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from returns.domain.states import CLAIMING_STATES, OPEN_STATES

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.requests import ReturnLine, ReturnPhoto, ReturnRequest, ReturnStep


def _scope(principal: Principal, prefix: str) -> Q:
    """Return the condition for what a principal sees: own channels and own warehouses.

    Whoever is bound to channels sees returns of sales there or taken back there; whoever is bound
    to warehouses sees what goes to, or lies in, theirs. A return without a channel or warehouse
    yet is seen by those who are not bound.
    """
    rule = Q()
    if principal.channel_codes is not None:
        codes = list(principal.channel_codes)
        rule &= Q(**{f"{prefix}channel__code__in": codes}) | Q(
            **{f"{prefix}return_channel__code__in": codes}
        )
    if principal.warehouse_codes is not None:
        rule &= Q(**{f"{prefix}warehouse__code__in": list(principal.warehouse_codes)})
    return rule


class ReturnRequestQuerySet(models.QuerySet["ReturnRequest"]):
    """Returns."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the returns of the principal's channels and warehouses."""
        return self.filter(_scope(principal, ""))

    def open(self) -> Self:
        """Keep those that still wait for somebody or something."""
        return self.filter(status__in=OPEN_STATES)

    def lock(self) -> Self:
        """Lock rows in pk order, so two callers can never deadlock. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class ReturnLineQuerySet(models.QuerySet["ReturnLine"]):
    """Lines of returns."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the lines of visible returns."""
        return self.filter(_scope(principal, "request__"))

    def claiming(self) -> Self:
        """Keep the lines that hold on to units of their order line."""
        return self.filter(
            request__status__in=CLAIMING_STATES, kind="expected", state__in=("open", "closed")
        )

    def lock(self) -> Self:
        """Lock rows in pk order. Evaluate inside atomic()."""
        return self.select_for_update(of=("self",)).order_by("pk")


class ReturnPhotoQuerySet(models.QuerySet["ReturnPhoto"]):
    """Photos of returned goods."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the photos of visible returns."""
        return self.filter(_scope(principal, "request__"))


class ReturnStepQuerySet(models.QuerySet["ReturnStep"]):
    """What happened to returns."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the steps of visible returns."""
        return self.filter(_scope(principal, "request__"))
