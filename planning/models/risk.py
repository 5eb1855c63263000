"""What is known of risks, which mode planning is in, and every response with its steps."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.documents import StoredFile
from inventory.models import Sku, Warehouse
from planning.domain.risk_states import (
    DEVIATION_TRANSITIONS,
    LEVELS,
    MANUAL,
    MOST_DELAY_DAYS,
    RESPONSE_TRANSITIONS,
    SIGNALS,
    STEP_TRANSITIONS,
    SUBJECTS,
)
from suppliers.models import Supplier

MODES = ("", "air", "sea", "rail", "express")


class EventReading(models.Model):
    """One reading of the event index: a person's whole figure or the distance of one signal.

    `signal` "manual" has a `score` 0-100, any other a `z` (empty: a person's flag, full strength).
    It counts from `at` until `until_at`; a newer one of the same signal replaces it. Never changed.
    """

    signal = models.CharField(_("signal"), max_length=24)
    score = models.FloatField(_("index"), null=True, blank=True)
    z = models.FloatField(_("distance from usual"), null=True, blank=True)
    cause = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("read at"), db_index=True)
    until_at = models.DateTimeField(_("counts until"))
    author_key = models.CharField(_("entered by"), max_length=64)

    class Meta:
        verbose_name = _("index reading")
        verbose_name_plural = _("index readings")
        constraints = [
            models.CheckConstraint(
                condition=Q(signal__in=SIGNALS), name="eventreading_signal_is_known"
            ),
            models.CheckConstraint(
                condition=Q(signal=MANUAL, score__gte=0, score__lte=100, z__isnull=True)
                | (~Q(signal=MANUAL) & Q(score__isnull=True)),
                name="eventreading_has_its_figure",
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("at")), name="eventreading_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(cause=""), name="eventreading_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.signal} {self.at:%Y-%m-%d %H:%M}"


class RiskMode(models.Model):
    """The one row that says whether planning is careful. `planning.services.risk_index` writes it.

    `version` counts every change: two evaluations at the same time can't both switch.
    """

    is_careful = models.BooleanField(_("conservative"), default=False)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    calm_since = models.DateTimeField(_("calm since"), null=True, blank=True)
    index_value = models.FloatField(_("index"), default=0)
    terms = models.JSONField(_("causes"), default=list)
    evaluated_at = models.DateTimeField(_("evaluated at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("planning mode")
        verbose_name_plural = _("planning mode")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="riskmode_only_one"),
            models.CheckConstraint(
                condition=Q(index_value__gte=0, index_value__lte=100),
                name="riskmode_index_in_range",
            ),
            models.CheckConstraint(
                condition=Q(is_careful=False, since__isnull=True)
                | Q(is_careful=True, since__isnull=False),
                name="riskmode_careful_since",
            ),
        ]

    def __str__(self) -> str:
        return "conservative" if self.is_careful else "normal"


class ConservativeSwitch(models.Model):
    """That the conservative mode went on or off, at which index and why. Never changed."""

    is_on = models.BooleanField(_("on"))
    at = models.DateTimeField(_("at"), db_index=True)
    index_value = models.FloatField(_("index"))
    terms = models.JSONField(_("causes"), default=list)
    actor_key = models.CharField(_("by"), max_length=64)

    class Meta:
        verbose_name = _("switch of the mode")
        verbose_name_plural = _("switches of the mode")
        constraints = [
            models.CheckConstraint(
                condition=Q(index_value__gte=0, index_value__lte=100),
                name="conservativeswitch_index_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{'on' if self.is_on else 'off'} {self.at:%Y-%m-%d %H:%M}"


class RiskResponse(models.Model):
    """A confirmed answer to a risk of level 1 (supply) or 3 (data), with its steps.

    One at a time is active for a subject; `file` is the report of a level-3 one. `support_en` and
    `support_zh` are what customers are told. Written by `planning.services.risk_responses` alone.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        REVERSED = "reversed", _("Reversed")

    level = models.PositiveSmallIntegerField(_("level"))
    subject_kind = models.CharField(_("about"), max_length=10)
    subject_key = models.CharField(_("subject"), max_length=120)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delay_days = models.PositiveSmallIntegerField(_("delay (days)"), default=0)
    reason = models.CharField(_("reason"), max_length=200)
    support_en = models.CharField(_("text in English"), max_length=600, blank=True, default="")
    support_zh = models.CharField(_("text in Chinese"), max_length=600, blank=True, default="")
    until_on = models.DateField(_("expected to last until"), null=True, blank=True)
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    declared_at = models.DateTimeField(_("declared at"))
    declared_by = models.CharField(_("declared by"), max_length=64)
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)
    reversed_by = models.CharField(_("reversed by"), max_length=64, blank=True, default="")
    reversal_reason = models.CharField(
        _("reason of the reversal"), max_length=200, blank=True, default=""
    )

    class Meta:
        verbose_name = _("response to a risk")
        verbose_name_plural = _("responses to risks")
        constraints = [
            models.UniqueConstraint(
                fields=["level", "subject_key"],
                condition=Q(state="active"),
                name="riskresponse_one_active",
            ),
            models.CheckConstraint(
                condition=Q(state__in=tuple(RESPONSE_TRANSITIONS)),
                name="riskresponse_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(level=1, subject_kind="supplier", supplier__isnull=False)
                | Q(level=1, subject_kind__in=("lane", "country"), supplier__isnull=True)
                | Q(level=3, subject_kind="days", supplier__isnull=True),
                name="riskresponse_level_has_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(delay_days__lte=MOST_DELAY_DAYS), name="riskresponse_delay_in_range"
            ),
            models.CheckConstraint(
                condition=Q(state="active", reversed_at__isnull=True)
                | Q(state="reversed", reversed_at__isnull=False),
                name="riskresponse_reversed_has_a_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="riskresponse_says_why"),
        ]
        indexes = [models.Index(fields=["-declared_at", "-id"], name="riskresponse_newest")]

    def __str__(self) -> str:
        return f"{self.level} {self.subject_key}"


class RiskStep(models.Model):
    """One step of a response: what it changed from `before` to `after`, and how it is taken back.

    "overtaken": somebody changed the same thing since, so it was left as it is.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Waiting")
        DONE = "done", _("Done")
        UNDONE = "undone", _("Taken back")
        OVERTAKEN = "overtaken", _("Changed since")

    response = models.ForeignKey(
        RiskResponse, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("step"), max_length=24)
    undo = models.CharField(_("taken back by"), max_length=24)
    subject_key = models.CharField(_("about"), max_length=120)
    before = models.CharField(_("before"), max_length=620, blank=True, default="")
    after = models.CharField(_("after"), max_length=620, blank=True, default="")
    terms = models.JSONField(_("terms"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("step of a response")
        verbose_name_plural = _("steps of a response")
        constraints = [
            models.UniqueConstraint(fields=["response", "position"], name="riskstep_position_once"),
            models.CheckConstraint(
                condition=Q(state__in=tuple(STEP_TRANSITIONS)), name="riskstep_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="planned") | Q(done_at__isnull=True, undone_at__isnull=True),
                name="riskstep_planned_has_no_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id}/{self.position} {self.kind}"


class RiskFlag(models.Model):
    """A warning on a supplier, a lane or a country, with the days that goods come later.

    A lane is a means of transport, from a country or any, to a warehouse or any. "high" makes
    planning careful at once. It counts from `from_on` to `until_on` (empty: until cleared).
    `response`: the level-1 response that raised it. Staff write it; cleared, never deleted.
    """

    class Level(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    subject_kind = models.CharField(_("about"), max_length=10)
    subject_key = models.CharField(_("subject"), max_length=120)
    supplier = models.ForeignKey(
        Supplier, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    mode = models.CharField(_("transport"), max_length=8, blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    level = models.CharField(_("level"), max_length=8, choices=Level)
    delay_days = models.PositiveSmallIntegerField(_("delay (days)"), default=0)
    reason = models.CharField(_("reason"), max_length=200)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)
    response = models.ForeignKey(
        RiskResponse, on_delete=models.CASCADE, null=True, blank=True, related_name="flags"
    )
    author_key = models.CharField(_("entered by"), max_length=64)
    created_at = models.DateTimeField(_("entered at"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    cleared_by = models.CharField(_("cleared by"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("risk flag")
        verbose_name_plural = _("risk flags")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key"],
                condition=Q(cleared_at__isnull=True, response__isnull=True),
                name="riskflag_one_open",
            ),
            models.UniqueConstraint(
                fields=["response", "subject_key"],
                condition=Q(response__isnull=False),
                name="riskflag_once_per_response",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind="supplier", supplier__isnull=False, mode="", country="")
                | (Q(subject_kind="lane", supplier__isnull=True) & ~Q(mode=""))
                | (Q(subject_kind="country", supplier__isnull=True, mode="") & ~Q(country="")),
                name="riskflag_has_its_subject",
            ),
            models.CheckConstraint(
                condition=Q(subject_kind__in=SUBJECTS, level__in=LEVELS, mode__in=MODES),
                name="riskflag_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(delay_days__lte=MOST_DELAY_DAYS), name="riskflag_delay_in_range"
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="riskflag_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="riskflag_country_is_a_code",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="riskflag_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_key} {self.level}"


class DemandDeviation(models.Model):
    """Four weeks of a SKU at a warehouse that left their forecast by more than 30 % (B-42).

    `week_on` is the Monday of the last of the four. "listed": people look at it; "fires": the
    variance counts `safety_factor` times until `safety_until_on`, and automatic orders wait from
    `paused_at` until `paused_until` or until somebody approves. `share` is signed. One row per
    SKU, warehouse and week, written by `planning.services.risk_deviations`; figures never change.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To review")
        REVIEWED = "reviewed", _("Reviewed")

    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    week_on = models.DateField(_("week"), db_index=True)
    actual_qty = models.FloatField(_("sold"))
    forecast_qty = models.FloatField(_("forecast"))
    low_qty = models.FloatField(_("5 % quantile"))
    high_qty = models.FloatField(_("95 % quantile"))
    share = models.FloatField(_("deviation"))
    value_amount = models.DecimalField(
        _("value of the deviation"), max_digits=18, decimal_places=4, default=0
    )
    verdict = models.CharField(_("verdict"), max_length=8)
    reasons = models.JSONField(_("why"), default=list)
    terms = models.JSONField(_("terms"), default=dict)
    safety_factor = models.FloatField(_("safety factor"), default=1)
    safety_until_on = models.DateField(_("safety factor until"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    found_at = models.DateTimeField(_("found at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=64, blank=True, default="")
    decision = models.CharField(_("decision"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("deviation of demand")
        verbose_name_plural = _("deviations of demand")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "warehouse", "week_on"], name="demanddeviation_once_a_week"
            ),
            models.CheckConstraint(
                condition=Q(state__in=tuple(DEVIATION_TRANSITIONS))
                & Q(verdict__in=("listed", "fires")),
                name="demanddeviation_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(safety_factor__gte=1, safety_factor__lte=2),
                name="demanddeviation_factor_in_range",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_until__isnull=True)
                | Q(verdict="fires", paused_until__gt=F("paused_at")),
                name="demanddeviation_pause_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="open", reviewed_at__isnull=True)
                | (Q(state="reviewed", reviewed_at__isnull=False) & ~Q(decision="")),
                name="demanddeviation_reviewed_says_what",
            ),
            models.CheckConstraint(
                condition=Q(actual_qty__gte=0, forecast_qty__gte=0), name="demanddeviation_in_range"
            ),
        ]
        indexes = [
            models.Index(
                fields=["paused_until"],
                condition=Q(paused_until__isnull=False, state="open"),
                name="demanddeviation_paused",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}/{self.warehouse_id} {self.week_on} {self.share:+.1%}"
