"""How goods are planned: by category, by SKU, by warehouse; and what people decided about it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import Sku, Warehouse
from planning.models.demand import DemandEvent
from planning.querysets.policies import (
    CategoryPolicyQuerySet,
    KindProposalQuerySet,
    SeasonPlanQuerySet,
    SkuPolicyQuerySet,
)
from suppliers.models import Supplier


class PolicyKind(models.TextChoices):
    """The four kinds of goods (B-51 to B-54)."""

    CONSUMABLE = "consumable", _("consumable")
    UPGRADE = "upgrade", _("upgrade")
    DURABLE = "durable", _("durable")
    SEASONAL = "seasonal", _("seasonal")


class PolicyNumbers(models.Model):
    """Numbers of a policy; an empty one is inherited, in the end from the kind's defaults.

    Names follow `planning.domain.policies.NUMBERS`. `is_auto`: a review proposes purchases by
    itself; `is_stopped`: nothing is bought at all.
    """

    service_level = models.FloatField(_("service level"), null=True, blank=True)
    review_days = models.PositiveSmallIntegerField(_("review every (days)"), null=True, blank=True)
    red_days = models.PositiveSmallIntegerField(_("red below (days)"), null=True, blank=True)
    yellow_days = models.PositiveSmallIntegerField(_("yellow up to (days)"), null=True, blank=True)
    buffer_share = models.FloatField(_("destination safety stock"), null=True, blank=True)
    is_auto = models.BooleanField(_("propose purchases"), null=True, blank=True)
    is_stopped = models.BooleanField(_("buying stopped"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(service_level__isnull=True)
                | Q(service_level__gte=0.5, service_level__lte=0.999),
                name="%(class)s_service_level_in_range",
            ),
            models.CheckConstraint(
                condition=Q(review_days__isnull=True) | Q(review_days__gte=1, review_days__lte=90),
                name="%(class)s_review_days_in_range",
            ),
            models.CheckConstraint(
                condition=Q(red_days__isnull=True)
                | Q(yellow_days__isnull=True)
                | Q(red_days__lte=F("yellow_days")),
                name="%(class)s_red_within_yellow",
            ),
            models.CheckConstraint(
                condition=Q(buffer_share__isnull=True)
                | Q(buffer_share__gte=0, buffer_share__lte=1),
                name="%(class)s_buffer_share_in_range",
            ),
        ]


class CategoryPolicy(PolicyNumbers):
    """How the goods of one category are planned; category empty = all without one of their own.

    `planning.services.policies` writes it with an audit entry. `batches` and `prepare_days` are
    of seasonal goods. `version` grows with each change.
    """

    category = models.CharField(_("category"), max_length=120, blank=True, default="", unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PolicyKind)
    batches = models.PositiveSmallIntegerField(_("batches"), null=True, blank=True)
    prepare_days = models.PositiveSmallIntegerField(_("prepare (days)"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("decided by"), max_length=64)
    changed_at = models.DateTimeField(_("decided at"))
    version = models.PositiveIntegerField(default=1)

    objects = CategoryPolicyQuerySet.as_manager()

    class Meta(PolicyNumbers.Meta):
        verbose_name = _("category policy")
        verbose_name_plural = _("category policies")
        constraints = [
            *PolicyNumbers.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=("consumable", "upgrade", "durable", "seasonal")),
                name="categorypolicy_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(batches__isnull=True) | Q(batches__gte=1, batches__lte=12),
                name="categorypolicy_batches_in_range",
            ),
            models.CheckConstraint(
                condition=Q(prepare_days__isnull=True) | Q(prepare_days__lte=365),
                name="categorypolicy_prepare_in_range",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="categorypolicy_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.category


class SkuPolicy(PolicyNumbers):
    """What differs for one SKU, everywhere (warehouse empty) or at one warehouse.

    It counts until `expires_on` (its last day; empty = until withdrawn). `min_qty` and `max_qty`
    steer goods without demand data: below the least, stock is filled up to the most. A row is
    never changed but for `withdrawn_at`: another decision is another row.
    `planning.services.policies` alone writes it, with an audit entry.
    """

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PolicyKind, blank=True, default="")
    min_qty = models.PositiveIntegerField(_("least stock"), null=True, blank=True)
    max_qty = models.PositiveIntegerField(_("most stock"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("decided by"), max_length=64)
    created_at = models.DateTimeField(_("decided at"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = SkuPolicyQuerySet.as_manager()

    class Meta(PolicyNumbers.Meta):
        verbose_name = _("SKU policy")
        verbose_name_plural = _("SKU policies")
        constraints = [
            *PolicyNumbers.Meta.constraints,
            models.UniqueConstraint(
                fields=["sku", "warehouse"],
                condition=Q(withdrawn_at__isnull=True, warehouse__isnull=False),
                name="skupolicy_one_per_warehouse",
            ),
            models.UniqueConstraint(
                fields=["sku"],
                condition=Q(withdrawn_at__isnull=True, warehouse__isnull=True),
                name="skupolicy_one_for_all",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("", "consumable", "upgrade", "durable", "seasonal")),
                name="skupolicy_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(min_qty__isnull=True, max_qty__isnull=True)
                | Q(min_qty__isnull=False, max_qty__isnull=False, max_qty__gte=F("min_qty")),
                name="skupolicy_least_within_most",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="skupolicy_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}"


class BandOverride(models.Model):
    """A color that a person set for a SKU at a warehouse in place of the computed one (B-64).

    It counts from its entry to the end of `expires_on`, unless withdrawn; the computed color
    stays visible beside it. `planning.services.policies` writes it with an audit entry.
    """

    class Band(models.TextChoices):
        RED = "red", _("red")
        YELLOW = "yellow", _("yellow")
        GREEN = "green", _("green")

    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, related_name="+", verbose_name=_("SKU"), db_index=False
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", verbose_name=_("warehouse")
    )
    band = models.CharField(_("color"), max_length=6, choices=Band)
    reason = models.CharField(_("reason"), max_length=200)
    author_key = models.CharField(_("decided by"), max_length=64)
    created_at = models.DateTimeField(_("decided at"))
    expires_on = models.DateField(_("last day"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("color set by hand")
        verbose_name_plural = _("colors set by hand")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse"],
                condition=Q(withdrawn_at__isnull=True),
                name="bandoverride_one_open",
            ),
            models.CheckConstraint(
                condition=Q(band__in=("red", "yellow", "green")), name="bandoverride_band_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="bandoverride_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id}: {self.band}"


class KindProposal(models.Model):
    """A kind that the sales of a category speak for; a person accepts or refuses it.

    `facts` is what was measured, `reasons` which of it decided and against which bound. A refused
    proposal of the same kind is not made again before 90 days. Never applied by itself.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("lapsed")

    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=12, choices=PolicyKind)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    facts = models.JSONField(_("facts"), default=dict)
    reasons = models.JSONField(_("reasons"), default=list)
    computed_at = models.DateTimeField(_("computed at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")
    decision_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    objects = KindProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed kind")
        verbose_name_plural = _("proposed kinds")
        constraints = [
            models.UniqueConstraint(
                fields=["category"], condition=Q(state="open"), name="kindproposal_one_open"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("consumable", "upgrade", "durable", "seasonal")),
                name="kindproposal_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "accepted", "refused", "lapsed")),
                name="kindproposal_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "lapsed")) | Q(decided_at__isnull=False),
                name="kindproposal_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.kind}"


class SeasonPlan(models.Model):
    """Staged buying of one SKU at one warehouse for one season (B-44).

    `base_qty` is what the forecast expects of the season's days without the event, `factor` what
    the event multiplies it by, `calls` the batches: `[{"on": day, "qty": units}]`. Proposed by
    `planning.services.seasons` from 90 days before; drafts of purchase orders arise when a person
    accepts. Terms of an accepted plan never change.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DISMISSED = "dismissed", _("dismissed")

    event = models.ForeignKey(
        DemandEvent, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", verbose_name=_("SKU"))
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", verbose_name=_("warehouse")
    )
    supplier = models.ForeignKey(
        Supplier, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    remind_on = models.DateField(_("reminder"))
    base_qty = models.FloatField(_("expected without the season"))
    factor = models.DecimalField(_("factor"), max_digits=7, decimal_places=3)
    total_qty = models.PositiveIntegerField(_("expected in the season"))
    calls = models.JSONField(_("batches"), default=list)
    order_ids = models.JSONField(_("purchase orders"), default=list)
    created_at = models.DateTimeField(_("proposed at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")
    decision_reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    objects = SeasonPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("season plan")
        verbose_name_plural = _("season plans")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "sku", "warehouse"], name="seasonplan_once_per_event"
            ),
            models.CheckConstraint(
                condition=Q(base_qty__gte=0, factor__gt=0), name="seasonplan_in_range"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "accepted", "dismissed")),
                name="seasonplan_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False),
                name="seasonplan_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.sku_id}/{self.warehouse_id}"


class WhatIfRun(models.Model):
    """One simulation of a policy on the own history, beside the policy in force.

    `scenario` is what was asked, `figures` what came out for both, `inputs_hash` what it was
    computed from: the same question about the same data makes no second run. Written by
    `planning.services.what_if`; a finished run never changes.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("computing")
        DONE = "done", _("done")
        REFUSED = "refused", _("not computed")

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    scenario = models.JSONField(_("scenario"))
    figures = models.JSONField(_("figures"), default=dict)
    why = models.CharField(_("why not"), max_length=300, blank=True, default="")
    inputs_hash = models.CharField(max_length=64, unique=True)
    author_key = models.CharField(_("asked by"), max_length=64)
    created_at = models.DateTimeField(_("asked at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("what-if run")
        verbose_name_plural = _("what-if runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "done", "refused")),
                name="whatifrun_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(finished_at__isnull=False),
                name="whatifrun_finished_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"
