"""Rules of the return policy, rulebooks and dry runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from core.permissions import Principal
    from returns.models.policies import PolicyBook, PolicyRule, PolicyTrial

ModelT = TypeVar("ModelT", bound=models.Model)


class CompanyPolicy(models.QuerySet[ModelT], Generic[ModelT]):
    """Rows of the company as a whole."""

    def visible_to(self, principal: Principal) -> Self:
        """Keep all: the policy belongs to the company."""
        return self


class PolicyRuleQuerySet(CompanyPolicy["PolicyRule"]):
    """Rules, each version a row."""

    def active(self) -> Self:
        """Keep what is asked, in the order of asking."""
        return self.filter(state="active").order_by("priority", "code", "pk")


class PolicyBookQuerySet(CompanyPolicy["PolicyBook"]):
    """Rulebooks, one for each change of what is asked."""

    def newest_first(self) -> Self:
        """Order by version, the newest first."""
        return self.order_by("-version")


class PolicyTrialQuerySet(CompanyPolicy["PolicyTrial"]):
    """Dry runs."""
