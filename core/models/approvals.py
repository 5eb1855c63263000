"""Who must agree before a document counts: rules, requests, decisions, substitutes.

Kinds of documents are named in `config/wiring.py:APPROVALS`; nothing here knows what they are.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models.people import Role, User
from core.querysets import approvals as querysets


class ApprovalPolicy(models.Model):
    """One rule: documents of a kind, amount and facts, and the steps they have to pass.

    `core.approvals.policies` writes it. A rule never changes: an edit retires the row and writes a
    new one with `replaces`, so that a request shows the rule it was asked under. Amounts are in
    the base currency, `from_amount` included, `below_amount` not. `conditions` maps a fact to the
    values it may have. `is_automatic`: no step, it agrees by itself. The highest `level` wins
    where several fit, and stands in where none does.
    """

    kind = models.CharField(max_length=32)
    name = models.CharField(_("name"), max_length=80)
    level = models.PositiveSmallIntegerField(_("level"), default=1)
    from_amount = models.DecimalField(_("from amount"), max_digits=20, decimal_places=6, default=0)
    below_amount = models.DecimalField(
        _("below amount"), max_digits=20, decimal_places=6, null=True, blank=True
    )
    conditions = models.JSONField(default=dict, blank=True)
    is_automatic = models.BooleanField(_("agrees by itself"), default=False)
    is_active = models.BooleanField(default=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    made_by_key = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.ApprovalPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=Q(is_active=True),
                name="approvalpolicy_name_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(from_amount__gte=0), name="approvalpolicy_from_amount_counts_up"
            ),
            models.CheckConstraint(
                condition=Q(below_amount=None) | Q(below_amount__gt=F("from_amount")),
                name="approvalpolicy_range_is_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=9), name="approvalpolicy_level_is_1_to_9"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, retired_at=None)
                | Q(is_active=False, retired_at__isnull=False),
                name="approvalpolicy_retired_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalPolicyStep(models.Model):
    """One step of a rule, in the order of `tier`: a role, named people, or both.

    Written with its rule and never changed. Whoever fits must also hold the right of the kind.
    """

    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.CASCADE, related_name="parts")
    tier = models.PositiveSmallIntegerField()
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    people = models.ManyToManyField(User, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "tier"], name="approvalpolicystep_once_per_tier"
            ),
            models.CheckConstraint(
                condition=Q(tier__gte=1, tier__lte=5), name="approvalpolicystep_tier_is_1_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.tier}"


class ApprovalRequest(models.Model):
    """One document, in one revision, that waits or waited for agreement.

    `core.approvals` writes it. What was shown to the approvers is bound by `content_hash`; a
    changed document needs a request of its own. `facts` are what rules look at, `tier` the step
    that is due, `tier_since` since when. A row that is no longer pending never changes.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")

    kind = models.CharField(max_length=32)
    document_key = models.CharField(max_length=64)
    label = models.CharField(max_length=80)
    revision = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    amount_base = models.DecimalField(max_digits=20, decimal_places=6)
    facts = models.JSONField(default=dict)
    warehouse_code = models.CharField(max_length=32, blank=True)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="approval_requests"
    )
    requested_by_key = models.CharField(max_length=64)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    policy = models.ForeignKey(
        ApprovalPolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    tier = models.PositiveSmallIntegerField(default=1)
    tier_since = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True)

    objects = querysets.ApprovalRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kind", "requested_at"],
                condition=Q(state="pending"),
                name="approvalrequest_waiting",
            ),
            models.Index(fields=["document_key", "id"], name="approvalrequest_by_document"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document_key"],
                condition=Q(state="pending"),
                name="approvalrequest_one_waiting_per_document",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "pending",
                        "approved",
                        "rejected",
                        "superseded",
                        "withdrawn",
                        "expired",
                    ]
                ),
                name="approvalrequest_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", closed_at=None)
                | (~Q(state="pending") & Q(closed_at__isnull=False)),
                name="approvalrequest_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("requested_at")), name="approvalrequest_ends"
            ),
            models.CheckConstraint(
                condition=Q(amount_base__gte=0), name="approvalrequest_amount_counts_up"
            ),
            models.CheckConstraint(
                condition=~Q(content_hash=""), name="approvalrequest_is_bound_to_content"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.revision})"


class ApprovalAuthor(models.Model):
    """One person who asked for a request or wrote its document, and so never decides on it."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="authors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "user"], name="approvalauthor_once_per_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.user_id}"


class ApprovalStep(models.Model):
    """One decision on one step of one request; a trigger refuses any change.

    `core.approvals` inserts it. `requester` repeats who asked, so that the database itself refuses
    a decision by that person, or in that person's name.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="steps")
    tier = models.PositiveSmallIntegerField()
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requester = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=8, choices=Decision)
    comment = models.CharField(max_length=500, blank=True)
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    objects = querysets.ApprovalStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "tier"], name="approvalstep_once_per_tier"),
            models.UniqueConstraint(
                fields=["request", "approver"], name="approvalstep_one_per_person"
            ),
            models.CheckConstraint(
                condition=Q(requester=None) | ~Q(approver=F("requester")),
                name="approvalstep_never_by_the_requester",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None)
                | Q(requester=None)
                | ~Q(on_behalf_of=F("requester")),
                name="approvalstep_never_for_the_requester",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("approver")),
                name="approvalstep_for_another",
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["approved", "rejected"]),
                name="approvalstep_decision_known",
            ),
            models.CheckConstraint(
                condition=Q(decision="approved") | ~Q(comment=""),
                name="approvalstep_rejection_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.tier} {self.decision}"


class ApprovalNote(models.Model):
    """One question of an approver or answer of the author on a request; never changed."""

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=Kind)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["question", "answer"]), name="approvalnote_kind_known"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="approvalnote_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class ApprovalDelegation(models.Model):
    """One person decides in the place of another from one moment to another.

    `core.approvals.substitutes` writes it, for one's own decisions only. `ended_at` cuts it short.
    What the giver may not decide, the taker may not decide in the giver's name either.
    """

    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approval_substitutes")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approval_stand_ins")
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.ApprovalDelegationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["taker", "until_at"], name="approvaldelegation_of_taker")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="approvaldelegation_to_another"
            ),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at")), name="approvaldelegation_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} by {self.taker_id} until {self.until_at:%Y-%m-%d}"
