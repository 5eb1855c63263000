"""How suppliers answer purchase orders without an account: links, answers, changes, milestones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models import MOST_UNITS
from suppliers.domain import answering
from suppliers.models.purchase_orders import PurchaseLine, PurchaseOrder
from suppliers.models.suppliers import Supplier
from suppliers.querysets.answers import (
    AnswerClockQuerySet,
    ChangeProposalQuerySet,
    MilestoneQuerySet,
    SupplierLinkQuerySet,
    SupplierMessageQuerySet,
)


class SupplierLink(models.Model):
    """One secret link of one supplier: to one order, or to all that concerns the supplier.

    Only the SHA-256 of the token is kept. Written by `services.supplier_links`; ended by time or
    revoked, never changed otherwise.
    """

    class Purpose(models.TextChoices):
        ORDER = "order", _("One order")
        PORTAL = "portal", _("All orders")

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(_("opens"), max_length=8, choices=Purpose)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="links")
    order = models.ForeignKey(
        PurchaseOrder, null=True, blank=True, on_delete=models.PROTECT, related_name="links"
    )
    language = models.CharField(max_length=10, blank=True, default="")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=64)
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = SupplierLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("supplier link")
        verbose_name_plural = _("supplier links")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="order", order__isnull=False)
                | Q(purpose="portal", order__isnull=True),
                name="supplierlink_opens_what_it_says",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="supplierlink_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.supplier_id}"


class LinkAttempt(models.Model):
    """How often one visitor (a hash of the address) tried wrong links in one time window."""

    bucket = models.CharField(max_length=80)
    window_start_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bucket", "window_start_at"], name="linkattempt_once_per_window"
            ),
        ]
        indexes = [models.Index(fields=["window_start_at"], name="linkattempt_by_window")]

    def __str__(self) -> str:
        return self.bucket


class SupplierAnswer(models.Model):
    """One answer of a supplier to one revision of an order; never changed.

    `event_key` makes an answer sent twice one answer.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("Confirmed")
        CHANGED = "changed", _("Changed")
        DECLINED = "declined", _("Declined")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="answers")
    revision = models.PositiveIntegerField(_("revision"))
    kind = models.CharField(_("answer"), max_length=8, choices=Kind)
    reason = models.CharField(_("reason"), max_length=16, blank=True, default="")
    comment = models.CharField(_("comment"), max_length=400, blank=True, default="")
    line_count = models.PositiveIntegerField(_("lines confirmed"), default=0)
    event_key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(_("at"))
    actor_key = models.CharField(_("by"), max_length=64)

    class Meta:
        verbose_name = _("supplier's answer")
        verbose_name_plural = _("suppliers' answers")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="declined", reason__in=answering.REASONS)
                | (~Q(kind="declined") & Q(reason="")),
                name="supplieranswer_declined_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("accepted", "changed", "declined")),
                name="supplieranswer_kind_is_known",
            ),
        ]
        indexes = [models.Index(fields=["order", "id"], name="supplieranswer_by_order")]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.revision} {self.kind}"


class ChangeProposal(models.Model):
    """What a supplier wants otherwise than one revision of an order says.

    `services.answers` writes it. Open until the buyer accepts or rejects it, the supplier takes it
    back, or another revision replaces it; then it never changes. `agreed_revision` is the
    revision an accepted proposal became: once that one is sent it counts as confirmed.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for the buyer")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")
        WITHDRAWN = "withdrawn", _("Taken back")
        SUPERSEDED = "superseded", _("Replaced")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="proposals")
    answer = models.OneToOneField(SupplierAnswer, on_delete=models.PROTECT, related_name="proposal")
    revision = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PROPOSED)
    made_at = models.DateTimeField(_("made at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")
    decision_comment = models.CharField(_("comment"), max_length=400, blank=True, default="")
    agreed_revision = models.PositiveIntegerField(null=True, blank=True)

    objects = ChangeProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state="proposed"),
                name="changeproposal_one_open_per_order",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True)
                | Q(
                    state__in=("accepted", "rejected", "withdrawn", "superseded"),
                    decided_at__isnull=False,
                ),
                name="changeproposal_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(agreed_revision__isnull=True) | Q(state="accepted"),
                name="changeproposal_agreed_is_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.revision} {self.state}"


class ChangeLine(models.Model):
    """One line of a proposal: what it was, what it should become, and why; null = as it was.

    `qty` 0 means that the supplier can't deliver the line. `quoted_price` is what agreement or
    list said for the proposed units on the day of the proposal. Never changed; `line` becomes null
    when a revision takes the line off the order.
    """

    proposal = models.ForeignKey(ChangeProposal, on_delete=models.PROTECT, related_name="lines")
    sku = models.ForeignKey("inventory.Sku", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(
        PurchaseLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    was_qty = models.PositiveIntegerField()
    qty = models.PositiveIntegerField(null=True, blank=True)
    was_on = models.DateField(null=True, blank=True)
    on = models.DateField(null=True, blank=True)
    was_price = models.DecimalField(max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    quoted_price = models.DecimalField(max_digits=18, decimal_places=6, null=True, blank=True)
    reason = models.CharField(max_length=16)

    class Meta:
        verbose_name = _("line of a proposed change")
        verbose_name_plural = _("lines of proposed changes")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "sku"], name="changeline_sku_once"),
            models.CheckConstraint(
                condition=Q(reason__in=answering.REASONS), name="changeline_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(qty__isnull=False) | Q(on__isnull=False) | Q(unit_price__isnull=False),
                name="changeline_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(qty__isnull=True) | Q(qty__lte=MOST_UNITS),
                name="changeline_qty_in_range",
            ),
            models.CheckConstraint(
                condition=Q(unit_price__isnull=True) | Q(unit_price__gte=0),
                name="changeline_price_is_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.sku_id}"


class AnswerClock(models.Model):
    """How long one revision of an order has waited for its supplier's answer.

    `services.answer_clock` reminds and escalates once each; `stopped_at` is the answer, or the
    moment nobody needs one any more. A rejected proposal starts the clock again.
    """

    order = models.OneToOneField(PurchaseOrder, on_delete=models.PROTECT, related_name="clock")
    revision = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    late_notice_on = models.DateField(null=True, blank=True)

    objects = AnswerClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer clock")
        verbose_name_plural = _("answer clocks")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=F("asked_at")), name="answerclock_due_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(stopped_at__isnull=True),
                name="answerclock_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id} v{self.revision}"


class Milestone(models.Model):
    """One step between order and delivery, as planned and as it happened.

    "In production" and "shipped" are such steps, not states of the order. The kinds are fixed
    when the order is sent; the supplier moves `planned_on` and enters `actual_on`.
    """

    class Kind(models.TextChoices):
        PRE_PRODUCTION = "pre_production", _("Materials ready")
        PRODUCTION = "production", _("In production")
        PRE_SHIPMENT = "pre_shipment", _("Ready to ship")
        SHIPMENT = "shipment", _("Shipped")
        DELIVERY = "delivery", _("Delivered")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("step"), max_length=16, choices=Kind)
    planned_on = models.DateField(_("planned"), null=True, blank=True)
    actual_on = models.DateField(_("done"), null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.UniqueConstraint(fields=["order", "kind"], name="milestone_once_per_order"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "pre_production",
                        "production",
                        "pre_shipment",
                        "shipment",
                        "delivery",
                    )
                ),
                name="milestone_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class SupplierMessage(models.Model):
    """What the buyer or the supplier wrote about one order; never changed."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="messages")
    is_from_supplier = models.BooleanField(_("from the supplier"))
    text = models.CharField(_("message"), max_length=2000)
    event_key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(_("at"))
    actor_key = models.CharField(_("by"), max_length=64)

    objects = SupplierMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="suppliermessage_says_something"),
        ]
        indexes = [models.Index(fields=["order", "id"], name="suppliermessage_by_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"


class AsnContent(models.Model):
    """Units of one SKU and lot that a supplier says lie in one carton of an arrival.

    `carton` is null for goods without an SSCC. Written and replaced by
    `services.supplier_shipments` until the goods arrive; what is counted at the dock decides.
    """

    asn_line = models.ForeignKey(
        "suppliers.AsnLine", on_delete=models.CASCADE, related_name="contents"
    )
    carton = models.ForeignKey(
        "suppliers.AsnCarton",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="contents",
    )
    position = models.PositiveIntegerField()
    qty = models.PositiveIntegerField(_("units"))
    lot_code = models.CharField(_("lot"), max_length=64, blank=True, default="")
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    class Meta:
        verbose_name = _("announced content")
        verbose_name_plural = _("announced contents")
        constraints = [
            models.CheckConstraint(
                condition=Q(qty__gte=1, qty__lte=MOST_UNITS), name="asncontent_has_units"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.qty} of {self.asn_line_id}"
