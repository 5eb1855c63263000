import django.db.models.deletion
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0009_substitutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="costlayer",
            name="is_provisional",
            field=models.BooleanField(default=False, verbose_name="provisional"),
        ),
        migrations.AddField(
            model_name="costlayer",
            name="landed_amount",
            field=models.DecimalField(
                decimal_places=6, default=0, max_digits=18, verbose_name="landed costs"
            ),
        ),
        migrations.AddField(
            model_name="layerconsumption",
            name="landed_amount",
            field=models.DecimalField(
                decimal_places=6, default=0, max_digits=18, verbose_name="landed costs"
            ),
        ),
        migrations.AddConstraint(
            model_name="costlayer",
            constraint=models.CheckConstraint(
                condition=models.Q(("remaining_qty__gt", 0), ("landed_amount", 0), _connector="OR"),
                name="costlayer_empty_carries_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="costlayer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unit_cost__isnull", False), ("landed_amount", 0), _connector="OR"
                ),
                name="costlayer_lands_on_a_cost",
            ),
        ),
        migrations.CreateModel(
            name="LandedShare",
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
                        choices=[
                            ("freight", "Freight"),
                            ("duty", "Duty"),
                            ("insurance", "Insurance"),
                            ("handling", "Handling"),
                            ("other", "Other cost"),
                            ("price", "Price difference"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=6, max_digits=18, verbose_name="amount"),
                ),
                (
                    "gone_amount",
                    models.DecimalField(
                        decimal_places=6, max_digits=18, verbose_name="for units gone"
                    ),
                ),
                ("remaining_qty", models.IntegerField(verbose_name="units left then")),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.stockevent",
                        verbose_name="stock event",
                    ),
                ),
                (
                    "layer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="landed_shares",
                        to="inventory.costlayer",
                        verbose_name="cost layer",
                    ),
                ),
            ],
            options={
                "verbose_name": "landed cost share",
                "verbose_name_plural": "landed cost shares",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("event", "layer", "kind"), name="landedshare_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__gt", 0),
                                ("gone_amount__gte", 0),
                                ("gone_amount__lte", models.F("amount")),
                            ),
                            models.Q(
                                ("amount__lt", 0),
                                ("gone_amount__gte", models.F("amount")),
                                ("gone_amount__lte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="landedshare_gone_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ("freight", "duty", "insurance", "handling", "other", "price"),
                            )
                        ),
                        name="landedshare_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CostVariance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("gone_qty", models.IntegerField(verbose_name="units gone")),
                (
                    "amount",
                    models.DecimalField(decimal_places=6, max_digits=18, verbose_name="amount"),
                ),
                ("on", models.DateField(verbose_name="day")),
                (
                    "layer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variances",
                        to="inventory.costlayer",
                        verbose_name="cost layer",
                    ),
                ),
                (
                    "until_consumption",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.layerconsumption",
                    ),
                ),
                (
                    "share",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variance",
                        to="inventory.landedshare",
                        verbose_name="share",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost variance",
                "verbose_name_plural": "cost variances",
                "indexes": [models.Index(fields=["on", "id"], name="costvariance_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True),
                        name="costvariance_is_not_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("gone_qty__gte", 0)), name="costvariance_units_gone"
                    ),
                ],
            },
        ),
        append_only("inventory_layerconsumption"),
        append_only("inventory_landedshare"),
        append_only("inventory_costvariance"),
    ]
