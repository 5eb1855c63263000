import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_exchange_rates"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("level", models.PositiveSmallIntegerField(default=1, verbose_name="level")),
                (
                    "from_amount",
                    models.DecimalField(
                        decimal_places=6, default=0, max_digits=20, verbose_name="from amount"
                    ),
                ),
                (
                    "below_amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        max_digits=20,
                        null=True,
                        verbose_name="below amount",
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict)),
                (
                    "is_automatic",
                    models.BooleanField(default=False, verbose_name="agrees by itself"),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("made_by_key", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="core.approvalpolicy",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("kind", "name"),
                        name="approvalpolicy_name_once_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_amount__gte", 0)),
                        name="approvalpolicy_from_amount_counts_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("below_amount", None),
                            ("below_amount__gt", models.F("from_amount")),
                            _connector="OR",
                        ),
                        name="approvalpolicy_range_is_not_empty",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__gte", 1), ("level__lte", 9)),
                        name="approvalpolicy_level_is_1_to_9",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_active", True), ("retired_at", None)),
                            models.Q(("is_active", False), ("retired_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="approvalpolicy_retired_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalPolicyStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField()),
                (
                    "people",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="core.approvalpolicy",
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="core.role",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("policy", "tier"), name="approvalpolicystep_once_per_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__gte", 1), ("tier__lte", 5)),
                        name="approvalpolicystep_tier_is_1_to_5",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("document_key", models.CharField(max_length=64)),
                ("label", models.CharField(max_length=80)),
                ("revision", models.PositiveIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("amount_base", models.DecimalField(decimal_places=6, max_digits=20)),
                ("facts", models.JSONField(default=dict)),
                ("warehouse_code", models.CharField(blank=True, max_length=32)),
                ("requested_by_key", models.CharField(max_length=64)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("superseded", "Superseded"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField(default=1)),
                ("tier_since", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("escalated_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("closed_reason", models.CharField(blank=True, max_length=500)),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="core.approvalpolicy",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["kind", "requested_at"],
                        name="approvalrequest_waiting",
                    ),
                    models.Index(fields=["document_key", "id"], name="approvalrequest_by_document"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "pending")),
                        fields=("document_key",),
                        name="approvalrequest_one_waiting_per_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "approved",
                                    "rejected",
                                    "superseded",
                                    "withdrawn",
                                    "expired",
                                ],
                            )
                        ),
                        name="approvalrequest_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "pending")),
                            models.Q(
                                models.Q(("state", "pending"), _negated=True),
                                ("closed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="approvalrequest_closed_has_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("requested_at"))),
                        name="approvalrequest_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_base__gte", 0)),
                        name="approvalrequest_amount_counts_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content_hash", ""), _negated=True),
                        name="approvalrequest_is_bound_to_content",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("question", "Question"), ("answer", "Answer")], max_length=8
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="core.approvalrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["question", "answer"])),
                        name="approvalnote_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="approvalnote_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalAuthor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authors",
                        to="core.approvalrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "user"), name="approvalauthor_once_per_request"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tier", models.PositiveSmallIntegerField()),
                (
                    "decision",
                    models.CharField(
                        choices=[("approved", "Approved"), ("rejected", "Rejected")], max_length=8
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("content_hash", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField()),
                (
                    "approver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="core.approvalrequest",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("request", "tier"), name="approvalstep_once_per_tier"
                    ),
                    models.UniqueConstraint(
                        fields=("request", "approver"), name="approvalstep_one_per_person"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("requester", None),
                            models.Q(("approver", models.F("requester")), _negated=True),
                            _connector="OR",
                        ),
                        name="approvalstep_never_by_the_requester",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_behalf_of", None),
                            ("requester", None),
                            models.Q(("on_behalf_of", models.F("requester")), _negated=True),
                            _connector="OR",
                        ),
                        name="approvalstep_never_for_the_requester",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_behalf_of", None),
                            models.Q(("on_behalf_of", models.F("approver")), _negated=True),
                            _connector="OR",
                        ),
                        name="approvalstep_for_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["approved", "rejected"])),
                        name="approvalstep_decision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decision", "approved"),
                            models.Q(("comment", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="approvalstep_rejection_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalDelegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_at", models.DateTimeField(verbose_name="from")),
                ("until_at", models.DateTimeField(verbose_name="until")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_substitutes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_stand_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["taker", "until_at"], name="approvaldelegation_of_taker")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True),
                        name="approvaldelegation_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gt", models.F("from_at"))),
                        name="approvaldelegation_ends",
                    ),
                ],
            },
        ),
        append_only("core_approvalstep"),
        append_only("core_approvalnote"),
    ]
