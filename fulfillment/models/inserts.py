"""What goes into a parcel beside the goods: campaigns, rules, arms, coupon codes, extras."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fulfillment.models.packing import Carton
from fulfillment.querysets import (
    CartonExtraQuerySet,
    CouponCodeQuerySet,
    InsertCampaignQuerySet,
    PackRuleQuerySet,
)


class InsertCampaign(models.Model):
    """One printed thing put into parcels for a time: what it is, for whom, how it is measured.

    `services.campaigns` writes it. `control_percent` of the customers get nothing, so that the
    effect can be told from chance; `goal_days` is how long after the parcel a repeat order counts.
    """

    class Kind(models.TextChoices):
        COUPON = "coupon", _("Coupon")
        PROMOTION = "promotion", _("Promotion")
        NEW_PRODUCT = "new_product", _("New product")
        SAMPLE = "sample", _("Sample")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    valid_from_on = models.DateField(_("first day"))
    valid_until_on = models.DateField(_("last day"))
    control_percent = models.PositiveSmallIntegerField(_("control group"), default=0)
    goal_days = models.PositiveSmallIntegerField(_("repeat order within"), default=90)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    objects = InsertCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("insert campaign")
        verbose_name_plural = _("insert campaigns")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="insertcampaign_has_a_code"),
            models.CheckConstraint(
                condition=Q(control_percent__lte=50), name="insertcampaign_control_at_most_half"
            ),
            models.CheckConstraint(
                condition=Q(goal_days__gte=1, goal_days__lte=730), name="insertcampaign_goal_days"
            ),
            models.CheckConstraint(
                condition=Q(valid_until_on__gte=F("valid_from_on")),
                name="insertcampaign_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class PackRule(models.Model):
    """One version of a rule: when `condition` holds, `effect` happens to the parcel.

    `services.rules` writes it. A version never changes but for its state: an edit makes the next
    version as a draft. One version of a code is live or paused at a time; older ones can be put
    back. Rules are asked by priority, then code.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        PAUSED = "paused", _("Paused")
        RETIRED = "retired", _("Retired")

    class Effect(models.TextChoices):
        ADD_INSERT = "add_insert", _("Add an insert")
        USE_PACKAGING = "use_packaging", _("Use this box or mailer")
        ADD_GIFT_CARD = "add_gift_card", _("Add a gift card with the message")
        ADD_TISSUE = "add_tissue", _("Add tissue")

    class OnOos(models.TextChoices):
        SKIP = "skip", _("Skip it")
        BLOCK = "block", _("Hold the parcel")
        ALTERNATE = "alternate", _("Take the alternate")

    code = models.CharField(_("code"), max_length=32)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True, default="")
    condition = models.CharField(_("condition"), max_length=1000, blank=True, default="")
    effect = models.CharField(_("effect"), max_length=16, choices=Effect)
    sku = models.ForeignKey(
        "inventory.Sku", on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU")
    )
    qty = models.PositiveSmallIntegerField(_("units"), default=1)
    priority = models.PositiveSmallIntegerField(_("priority"), default=50)
    on_oos = models.CharField(_("if missing"), max_length=12, choices=OnOos, default=OnOos.SKIP)
    alternate_sku = models.ForeignKey(
        "inventory.Sku",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("alternate"),
    )
    campaign = models.ForeignKey(
        InsertCampaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=_("campaign"),
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=64, blank=True, default="")

    objects = PackRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("packing rule")
        verbose_name_plural = _("packing rules")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="packrule_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state__in=("live", "paused")),
                name="packrule_one_current",
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="draft"), name="packrule_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(qty__gte=1, qty__lte=10), name="packrule_qty_1_to_10"
            ),
            models.CheckConstraint(
                condition=Q(on_oos="alternate", alternate_sku__isnull=False)
                | (~Q(on_oos="alternate") & Q(alternate_sku__isnull=True)),
                name="packrule_alternate_has_a_sku",
            ),
            models.CheckConstraint(
                condition=Q(campaign__isnull=True) | Q(effect="add_insert"),
                name="packrule_campaign_is_of_an_insert",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class CampaignAssignment(models.Model):
    """In which arm of a campaign one customer is, from the first parcel that qualified.

    `services.inserts` writes it; it never changes. `customer_key` is `customer:ID`, for a guest a
    hash of the e-mail; `order_key` names the order that qualified.
    """

    class Arm(models.TextChoices):
        TREATED = "treated", _("Gets it")
        CONTROL = "control", _("Control group")

    campaign = models.ForeignKey(
        InsertCampaign, on_delete=models.PROTECT, related_name="assignments"
    )
    customer_key = models.CharField(max_length=80)
    arm = models.CharField(max_length=8, choices=Arm)
    order_key = models.CharField(max_length=40)
    assigned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("campaign assignment")
        verbose_name_plural = _("campaign assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "customer_key"], name="campaignassignment_one_arm"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.customer_key}: {self.arm}"


class CartonExtra(models.Model):
    """What a rule puts into one carton: planned, added by a scan, or skipped for a reason.

    `services.inserts` writes it. `why` explains the decision: rule, version, matched values.
    `cost_amount` is what the units cost in the ledger when the box closed.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("Insert")
        PACKAGING = "packaging", _("Box or mailer")
        TISSUE = "tissue", _("Tissue")
        GIFT_CARD = "gift_card", _("Gift card")

    class State(models.TextChoices):
        PLANNED = "planned", _("To add")
        ADDED = "added", _("In the box")
        SKIPPED = "skipped", _("Skipped")

    carton = models.ForeignKey(Carton, on_delete=models.CASCADE, related_name="extras")
    rule = models.ForeignKey(PackRule, on_delete=models.PROTECT, related_name="extras")
    rule_code = models.CharField(max_length=32)
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    campaign = models.ForeignKey(
        InsertCampaign, on_delete=models.PROTECT, null=True, related_name="extras"
    )
    qty = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    reason = models.CharField(max_length=32, blank=True, default="")
    why = models.JSONField(default=dict)
    cost_amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    missing_qty = models.PositiveSmallIntegerField(default=0)
    planned_at = models.DateTimeField()
    added_at = models.DateTimeField(null=True)
    added_by = models.CharField(max_length=64, blank=True, default="")

    objects = CartonExtraQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel extra")
        verbose_name_plural = _("parcel extras")
        constraints = [
            models.UniqueConstraint(fields=["carton", "rule_code"], name="cartonextra_rule_once"),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(reason=""), name="cartonextra_skip_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="added") | Q(added_at__isnull=False),
                name="cartonextra_added_has_a_time",
            ),
            models.CheckConstraint(condition=Q(qty__gte=1), name="cartonextra_qty_positive"),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "state"],
                condition=Q(campaign__isnull=False),
                name="cartonextra_by_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carton_id}/{self.rule_code}: {self.state}"


class CouponCode(models.Model):
    """One code a customer can redeem; it goes into one parcel only.

    `services.coupons` writes it. A code is taken when its insert is scanned into the box, so one
    whose insert is skipped stays free.
    """

    class State(models.TextChoices):
        FREE = "free", _("Free")
        ASSIGNED = "assigned", _("In a parcel")
        VOID = "void", _("Void")

    campaign = models.ForeignKey(InsertCampaign, on_delete=models.PROTECT, related_name="coupons")
    code = models.CharField(_("code"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.FREE)
    extra = models.OneToOneField(
        CartonExtra, on_delete=models.PROTECT, null=True, related_name="coupon"
    )
    assigned_at = models.DateTimeField(null=True)

    objects = CouponCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("coupon code")
        verbose_name_plural = _("coupon codes")
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="couponcode_has_a_code"),
            models.CheckConstraint(
                condition=Q(state="assigned", extra__isnull=False, assigned_at__isnull=False)
                | (~Q(state="assigned") & Q(extra__isnull=True)),
                name="couponcode_assigned_to_a_parcel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "id"], condition=Q(state="free"), name="couponcode_free"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RuleTrial(models.Model):
    """A dry run of one rule version over the last orders against what is live; a job fills it.

    `result` holds which parcels gain or lose what and what that costs; nothing else is written.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")

    rule = models.ForeignKey(PackRule, on_delete=models.CASCADE, related_name="trials")
    orders_qty = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    result = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=64)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dry run")
        verbose_name_plural = _("dry runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(orders_qty__gte=1, orders_qty__lte=2000), name="ruletrial_orders_qty"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False),
                name="ruletrial_done_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.orders_qty}"
