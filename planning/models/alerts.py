"""What is watched, and what was found: rules and alerts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models.people import User, check_time_zone
from inventory.models import Lot, Sku, Warehouse
from planning.domain.alert_rules import KINDS, Side
from planning.domain.alert_rules import Kind as RuleKind
from planning.domain.alert_states import ACTIVE, CLOSED, DISMISS_REASONS, STATES
from planning.querysets.alerts import AlertQuerySet, AlertRuleQuerySet
from suppliers.models import Asn, PurchaseOrder

_UPWARD = tuple(kind.value for kind, spec in KINDS.items() if spec.side in (Side.OVER, Side.FROM))
_DOWNWARD = tuple(kind.value for kind, spec in KINDS.items() if spec.side == Side.UP_TO)
#: More than any money at risk in cents: severity comes first in `urgency`, then money.
MOST_CENTS = 10**17
_KNOWN = tuple(kind.value for kind in RuleKind)


class AlertKind(models.TextChoices):
    """What an alert is about."""

    LOW_COVER = "low_cover", _("Low cover")
    ORDER_DUE = "order_due", _("Order due")
    OVERSTOCK = "overstock", _("Overstock")
    EXPIRY = "expiry", _("Expiry risk")
    LATE_INBOUND = "late_inbound", _("Late inbound")
    DEMAND_PACE = "demand_pace", _("Demand ahead of plan")
    FORECAST_MISS = "forecast_miss", _("Forecast missed")
    DEAD_STOCK = "dead_stock", _("Dead stock")
    RETURNS_SPIKE = "returns_spike", _("Returns spike")
    INSERT_STOCK = "insert_stock", _("Insert stock")


class AlertRule(models.Model):
    """One condition that is watched: a kind, its limits, for which goods, and who is told how.

    Warehouse or category empty = all. Of several rules that fit, the most specific answers.
    Limits are in the unit of the kind (days, percent). In quiet hours (`quiet_zone`) nobody is
    told; the alert itself is raised at once. `planning.services.alert_rules` writes it with an
    audit entry.
    """

    kind = models.CharField(_("watches"), max_length=16, choices=AlertKind)
    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("warehouse"),
    )
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    least_band = models.CharField(_("from color"), max_length=8, blank=True, default="")
    notice_limit = models.DecimalField(
        _("suggestion limit"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    warn_limit = models.DecimalField(
        _("warning limit"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    critical_limit = models.DecimalField(
        _("critical limit"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    least_units = models.PositiveIntegerField(_("least units"), default=0)
    least_amount = models.DecimalField(
        _("least money at risk"), max_digits=18, decimal_places=4, default=0
    )
    in_app = models.BooleanField(_("tell inside Quayside"), default=True)
    by_mail = models.BooleanField(_("in the daily mail"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    quiet_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[check_time_zone]
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    version = models.PositiveIntegerField(default=1)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "warehouse", "category"],
                condition=Q(warehouse__isnull=False),
                name="alertrule_once_per_warehouse",
            ),
            models.UniqueConstraint(
                fields=["kind", "category"],
                condition=Q(warehouse__isnull=True),
                name="alertrule_once_for_all",
            ),
            models.CheckConstraint(condition=Q(kind__in=_KNOWN), name="alertrule_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="low_cover", least_band__in=("red", "yellow"))
                | (~Q(kind="low_cover") & Q(least_band="")),
                name="alertrule_band_of_cover_only",
            ),
            models.CheckConstraint(
                condition=Q(kind="low_cover")
                | Q(warn_limit__isnull=False)
                | Q(critical_limit__isnull=False),
                name="alertrule_can_fire",
            ),
            models.CheckConstraint(
                condition=Q(warn_limit__isnull=True)
                | Q(critical_limit__isnull=True)
                | Q(kind__in=_UPWARD, critical_limit__gte=F("warn_limit"))
                | Q(kind__in=_DOWNWARD, critical_limit__lte=F("warn_limit")),
                name="alertrule_critical_is_graver",
            ),
            models.CheckConstraint(
                condition=Q(least_amount__gte=0), name="alertrule_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False)
                    & ~Q(quiet_from=F("quiet_until"))
                ),
                name="alertrule_quiet_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.warehouse_id or '*'} {self.category or '*'}"


class Alert(models.Model):
    """One condition that held, from the moment it was seen until it cleared or was dismissed.

    `planning.services.alerting` raises, updates and resolves it; people move it through
    `planning.services.alert_acts`. `dedupe_key` is the kind and the object; at most one active
    alert has it. `terms` are the numbers of the sentence that `reason` stands for, `suggestion`
    what could be done. Money is in the base currency. A dismissed alert keeps the next one quiet
    while its condition holds no worse, until `cleared_at` says that it ended. `urgency` sorts by
    severity, then money.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("alert state", "Open")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("alert state", "Acknowledged")
        SNOOZED = "snoozed", pgettext_lazy("alert state", "Snoozed")
        RESOLVED = "resolved", pgettext_lazy("alert state", "Resolved")
        DISMISSED = "dismissed", pgettext_lazy("alert state", "Dismissed")

    class Severity(models.IntegerChoices):
        NOTICE = 1, _("Suggestion")
        HIGH = 2, _("High")
        CRITICAL = 3, _("Critical")

    class DismissReason(models.TextChoices):
        HANDLED = "HANDLED", _("Handled elsewhere")
        EXPECTED = "EXPECTED", _("Expected, nothing to do")
        WRONG_DATA = "WRONG_DATA", _("The data are wrong")
        TOO_NOISY = "TOO_NOISY", _("The rule is too noisy")
        OTHER = "OTHER", _("Another reason")

    rule = models.ForeignKey(
        AlertRule,
        on_delete=models.SET_NULL,
        null=True,
        related_name="alerts",
        verbose_name=_("rule"),
    )
    kind = models.CharField(_("about"), max_length=16, choices=AlertKind)
    dedupe_key = models.CharField(max_length=120)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    reason = models.CharField(_("reason"), max_length=32)
    terms = models.JSONField(_("numbers"), default=dict)
    suggestion = models.JSONField(_("suggestion"), default=dict)
    risk_amount = models.DecimalField(
        _("money at risk"), max_digits=18, decimal_places=4, default=0
    )
    urgency = models.GeneratedField(
        expression=F("severity") * MOST_CENTS
        + Cast(F("risk_amount") * 100, output_field=models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.CASCADE, related_name="+", verbose_name=_("warehouse")
    )
    sku = models.ForeignKey(
        Sku,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("SKU"),
    )
    lot = models.ForeignKey(
        Lot, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("lot")
    )
    purchase_order = models.ForeignKey(
        PurchaseOrder,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("purchase order"),
    )
    asn = models.ForeignKey(
        Asn, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("arrival")
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    raised_at = models.DateTimeField(_("raised"))
    changed_at = models.DateTimeField(_("changed"))
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("closed because"), max_length=16, blank=True, default="")
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(state__in=ACTIVE), name="alert_one_active"
            ),
            models.CheckConstraint(condition=Q(kind__in=_KNOWN), name="alert_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="alert_state_is_known"),
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="alert_severity_is_known"
            ),
            models.CheckConstraint(condition=Q(risk_amount__gte=0), name="alert_risk_not_negative"),
            models.CheckConstraint(
                condition=Q(state="snoozed", snoozed_until__isnull=False)
                | (~Q(state="snoozed") & Q(snoozed_until__isnull=True)),
                name="alert_snoozed_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CLOSED, closed_at__isnull=False)
                | Q(state__in=ACTIVE, closed_at__isnull=True),
                name="alert_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | Q(close_reason__in=DISMISS_REASONS),
                name="alert_dismissed_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | Q(cleared_at__isnull=False),
                name="alert_resolved_has_cleared",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "severity", "id"], name="alert_by_state"),
            models.Index(fields=["urgency", "id"], name="alert_by_urgency"),
            models.Index(fields=["risk_amount", "id"], name="alert_by_risk"),
            models.Index(fields=["raised_at", "id"], name="alert_by_age"),
            models.Index(
                fields=["dedupe_key"],
                condition=Q(state="dismissed", cleared_at__isnull=True),
                name="alert_kept_quiet",
            ),
        ]

    def __str__(self) -> str:
        return self.dedupe_key
