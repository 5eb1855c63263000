"""The return policy: rules in versions, the rulebooks they made, dry runs on past returns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns.querysets.policies import (
    PolicyBookQuerySet,
    PolicyRuleQuerySet,
    PolicyTrialQuerySet,
)


class PolicyRule(models.Model):
    """One version of a rule: where `condition` holds, `effects` answer questions of the policy.

    `services.policy_rules` writes it. A version never changes but for its state: an edit makes the
    next version as a draft. One version of a code is active or paused at a time. `effects` are
    names of `domain.policy_effects.EFFECTS` with their values.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    code = models.CharField(_("code"), max_length=32)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    condition = models.CharField(_("condition"), max_length=1000, blank=True, default="")
    effects = models.JSONField(_("effects"), default=dict)
    priority = models.PositiveSmallIntegerField(_("priority"), default=50)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=64, blank=True, default="")

    objects = PolicyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy rule")
        verbose_name_plural = _("policy rules")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="policyrule_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=("active", "paused")),
                name="policyrule_one_current",
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="draft"), name="policyrule_one_draft"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="policyrule_has_a_code"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "active", "paused", "ended")),
                name="policyrule_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(published_at__isnull=False),
                name="policyrule_active_was_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class PolicyBook(models.Model):
    """All rules that were asked from one moment on; a request's snapshot names its version.

    `services.policy_rules` appends one at each change; rows never change. `rules` lists the ids of
    the active rule versions, so that a whole book can be put back.
    """

    version = models.PositiveIntegerField(unique=True)
    rules = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    objects = PolicyBookQuerySet.as_manager()

    class Meta:
        verbose_name = _("rulebook")
        verbose_name_plural = _("rulebooks")
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="policybook_from_one"),
        ]

    def __str__(self) -> str:
        return str(self.version)


class PolicyTrial(models.Model):
    """A dry run of one rule version over the last returns; a job fills it.

    `result` holds which decisions change and what that is worth; nothing else is written.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    rule = models.ForeignKey(PolicyRule, on_delete=models.CASCADE, related_name="trials")
    requests_qty = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=64)
    done_at = models.DateTimeField(null=True)

    objects = PolicyTrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("dry run of a policy")
        verbose_name_plural = _("dry runs of policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(requests_qty__gte=1, requests_qty__lte=2000),
                name="policytrial_requests_qty",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False),
                name="policytrial_done_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.requests_qty}"
