import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0007_landed_claims_invoices'),
    ]

    operations = [
        migrations.CreateModel(
            name='PortalDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fields', models.JSONField()),
                ('saved_at', models.DateTimeField(verbose_name='saved at')),
                ('saved_by', models.CharField(max_length=64, verbose_name='saved by')),
            ],
            options={
                'verbose_name': 'unfinished shipment',
                'verbose_name_plural': 'unfinished shipments',
                'constraints': [models.CheckConstraint(condition=models.Q(('saved_by', ''), _negated=True), name='portaldraft_has_author')],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='signed_hash',
            field=models.CharField(blank=True, default='', editable=False, max_length=64, verbose_name='fingerprint accepted'),
        ),
        migrations.AddField(
            model_name='asncarton',
            name='height_mm',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='height (mm)'),
        ),
        migrations.AddField(
            model_name='asncarton',
            name='length_mm',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='length (mm)'),
        ),
        migrations.AddField(
            model_name='asncarton',
            name='weight_g',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='weight (g)'),
        ),
        migrations.AddField(
            model_name='asncarton',
            name='width_mm',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='width (mm)'),
        ),
        migrations.AddConstraint(
            model_name='asncarton',
            constraint=models.CheckConstraint(condition=models.Q(('weight_g__isnull', True), models.Q(('weight_g__gte', 1), ('weight_g__lte', 5000000)), _connector='OR'), name='asncarton_weight_in_range'),
        ),
        migrations.AddConstraint(
            model_name='asncarton',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('height_mm__isnull', True), ('length_mm__isnull', True), ('width_mm__isnull', True)), models.Q(('height_mm__gte', 1), ('height_mm__lte', 13600), ('length_mm__gte', 1), ('length_mm__lte', 13600), ('width_mm__gte', 1), ('width_mm__lte', 13600)), _connector='OR'), name='asncarton_measured_whole_or_not'),
        ),
        migrations.AddField(
            model_name='portaldraft',
            name='order',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='portal_draft', to='suppliers.purchaseorder'),
        ),
    ]
