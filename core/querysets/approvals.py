"""Reads of approval rules, requests, decisions and substitutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from core.models.approvals import (
        ApprovalDelegation,
        ApprovalPolicy,
        ApprovalRequest,
        ApprovalStep,
    )
    from core.permissions import Principal


class ApprovalPolicyQuerySet(models.QuerySet["ApprovalPolicy"]):
    """Approval rules. The screens of a kind of document guard who reads its rules."""

    def in_force(self, kind: str) -> Self:
        """Keep the rules that new requests of a kind are matched with, the lowest level first."""
        return self.filter(kind=kind, is_active=True).order_by("level", "from_amount", "pk")


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Requests for approval."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep the requests of warehouses in reach, and those that belong to none."""
        if principal.warehouse_codes is None:
            return self
        return self.filter(Q(warehouse_code="") | principal.warehouse_q("warehouse_code"))

    def waiting(self) -> Self:
        """Keep the requests nobody has closed yet."""
        return self.filter(state="pending")

    def overdue(self, at: dt.datetime) -> Self:
        """Keep the waiting requests whose time is over."""
        return self.waiting().filter(expires_at__lte=at)

    def authored_by(self, user_id: int) -> Self:
        """Keep what a person asked for or wrote."""
        return self.filter(authors__user=user_id)

    def not_authored_by(self, user_ids: Iterable[int]) -> Self:
        """Leave out what one of these people asked for or wrote."""
        return self.exclude(authors__user__in=list(user_ids))

    def not_decided_by(self, user_ids: Iterable[int]) -> Self:
        """Leave out the requests on which one of these people decided an earlier step."""
        ids = list(user_ids)
        return self.exclude(steps__approver__in=ids).exclude(steps__on_behalf_of__in=ids)

    def addressed_to(self, user_id: int) -> Self:
        """Keep the waiting requests whose present step names a person, or a role of that person.

        A request without a rule is for every holder of the right.
        """
        by_name = Q(policy__parts__people=user_id)
        by_role = Q(
            policy__parts__role__user_grants__user=user_id, policy__parts__role__archived=False
        )
        fits = self.model._base_manager.filter(by_name | by_role, policy__parts__tier=F("tier"))
        return self.waiting().filter(Q(policy=None) | Q(pk__in=fits.values("pk")))


class ApprovalStepQuerySet(models.QuerySet["ApprovalStep"]):
    """Decisions, oldest first where shown."""

    def of(self, request_id: int) -> Self:
        """Keep the decisions on one request, in order."""
        return self.filter(request=request_id).order_by("tier", "pk")


class ApprovalDelegationQuerySet(models.QuerySet["ApprovalDelegation"]):
    """Substitutes."""

    def active(self, at: dt.datetime) -> Self:
        """Keep those in force at a moment whose giver still works here."""
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=at),
            from_at__lte=at,
            until_at__gt=at,
            giver__is_active=True,
        )

    def overlapping(self, from_at: dt.datetime, until_at: dt.datetime) -> Self:
        """Keep those in force at any moment of a span."""
        end = Coalesce(F("ended_at"), F("until_at"))
        return self.alias(end=end).filter(from_at__lt=until_at, end__gt=from_at)
