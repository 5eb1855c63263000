import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0012_ended_pick_faces'),
        ('returns', '0007_kept_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReturnArrival',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_key', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('parcel', 'parcel'), ('counter', 'at the counter')], default='parcel', max_length=8)),
                ('state', models.CharField(choices=[('open', 'being counted'), ('done', 'taken in'), ('cancelled', 'cancelled')], default='open', max_length=10)),
                ('code', models.CharField(blank=True, default='', max_length=64, verbose_name='scanned')),
                ('is_empty', models.BooleanField(default=False, verbose_name='empty')),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True, verbose_name='weight')),
                ('opened_at', models.DateTimeField(verbose_name='arrived')),
                ('opened_by', models.CharField(max_length=64)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('finished_by', models.CharField(blank=True, default='', max_length=64)),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('request', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='returns.returnrequest')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'verbose_name': 'returned parcel',
                'verbose_name_plural': 'returned parcels',
                'indexes': [models.Index(fields=['warehouse', 'state', 'opened_at'], name='returnarrival_place')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('request__isnull', False), ('state', 'open')), fields=('request',), name='returnarrival_one_open_per_request'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), models.Q(('finished_at__isnull', False), ('request__isnull', False)), _connector='OR'), name='returnarrival_done_has_a_request'), models.CheckConstraint(condition=models.Q(('is_empty', False), ('state', 'cancelled'), ('weight_g__gt', 0), _connector='OR'), name='returnarrival_empty_is_weighed')],
            },
        ),
        migrations.CreateModel(
            name='ArrivalCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(blank=True, default='', max_length=300)),
                ('qty', models.PositiveIntegerField()),
                ('last_scan_qty', models.PositiveIntegerField(default=1)),
                ('touched_at', models.DateTimeField()),
                ('lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('arrival', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='returns.returnarrival')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lot__isnull', False)), fields=('arrival', 'sku', 'lot'), name='arrivalcount_once_with_lot'), models.UniqueConstraint(condition=models.Q(('lot__isnull', True), ('sku__isnull', False)), fields=('arrival', 'sku'), name='arrivalcount_once_without_lot'), models.UniqueConstraint(condition=models.Q(('sku__isnull', True)), fields=('arrival', 'description'), name='arrivalcount_foreign_once'), models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='arrivalcount_has_units'), models.CheckConstraint(condition=models.Q(('last_scan_qty__lte', models.F('qty'))), name='arrivalcount_last_scan_within_qty')],
            },
        ),
        migrations.CreateModel(
            name='ReturnScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scan_id', models.UUIDField(unique=True)),
                ('actor_key', models.CharField(max_length=64)),
                ('screen', models.CharField(max_length=24)),
                ('task_key', models.CharField(blank=True, default='', max_length=40)),
                ('raw', models.CharField(max_length=512)),
                ('verdict', models.CharField(blank=True, default='', max_length=10)),
                ('answer', models.JSONField(default=dict)),
                ('is_undone', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['actor_key', '-id'], name='returnscan_by_person')],
            },
        ),
        migrations.CreateModel(
            name='ReturnUnits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('processing', 'to inspect'), ('refurbish', 'in repair'), ('supplier', 'for the supplier'), ('quarantine', 'kept apart')], default='processing', max_length=12)),
                ('qty', models.PositiveIntegerField()),
                ('processed_qty', models.PositiveIntegerField(default=0)),
                ('condition', models.CharField(default='quarantine', max_length=20)),
                ('take_back_key', models.CharField(blank=True, default='', max_length=120)),
                ('hold_until_on', models.DateField(blank=True, null=True)),
                ('received_at', models.DateTimeField(verbose_name='arrived')),
                ('arrival', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='returns.returnarrival')),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='returns.returnline')),
                ('lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='returns.returnunits')),
                ('sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
            ],
            options={
                'verbose_name': 'returned units',
                'verbose_name_plural': 'returned units',
                'indexes': [models.Index(condition=models.Q(('processed_qty__lt', models.F('qty'))), fields=['received_at', 'id'], name='returnunits_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='returnunits_has_units'), models.CheckConstraint(condition=models.Q(('processed_qty__lte', models.F('qty'))), name='returnunits_processed_within_qty'), models.CheckConstraint(condition=models.Q(('stage__in', ('processing', 'refurbish', 'supplier', 'quarantine'))), name='returnunits_stage_is_known'), models.CheckConstraint(condition=models.Q(('sku__isnull', True), models.Q(('take_back_key', ''), _negated=True), _connector='OR'), name='returnunits_ours_are_in_the_books')],
            },
        ),
        migrations.CreateModel(
            name='InspectionDesk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('actor_key', models.CharField(max_length=64, unique=True)),
                ('qty', models.PositiveIntegerField(default=1)),
                ('grade', models.CharField(blank=True, default='', max_length=1)),
                ('seal', models.CharField(blank=True, default='', max_length=8)),
                ('disposition', models.CharField(blank=True, default='', max_length=12)),
                ('is_accepted', models.BooleanField(default=True)),
                ('checks', models.JSONField(blank=True, default=dict)),
                ('updated_at', models.DateTimeField()),
                ('units', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='returns.returnunits')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='inspectiondesk_has_units')],
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_key', models.CharField(max_length=80, unique=True)),
                ('qty', models.PositiveIntegerField()),
                ('grade', models.CharField(choices=[('A', 'A: as new'), ('B', 'B: opened'), ('C', 'C: to repair'), ('D', 'D: waste')], max_length=1, verbose_name='grade')),
                ('seal', models.CharField(blank=True, default='', max_length=8)),
                ('disposition', models.CharField(choices=[('restock', 'Back on the shelf'), ('open_box', 'Sell as opened'), ('refurbish', 'Repair'), ('scrap', 'Scrap'), ('donate', 'Donate'), ('supplier', 'Claim from supplier'), ('quarantine', 'Keep apart')], max_length=12, verbose_name='what becomes of it')),
                ('is_accepted', models.BooleanField(default=True, verbose_name='accepted')),
                ('checks', models.JSONField(blank=True, default=dict)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('stock_key', models.CharField(blank=True, default='', max_length=120)),
                ('claim_key', models.CharField(blank=True, default='', max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=64)),
                ('to_bin', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('to_sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('units', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='returns.returnunits')),
            ],
            options={
                'verbose_name': 'inspection',
                'verbose_name_plural': 'inspections',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='inspection_has_units'), models.CheckConstraint(condition=models.Q(('grade__in', ('A', 'B', 'C', 'D'))), name='inspection_grade_is_known'), models.CheckConstraint(condition=models.Q(('seal__in', ('', 'sealed', 'opened'))), name='inspection_seal_is_known'), models.CheckConstraint(condition=models.Q(('disposition__in', ('restock', 'open_box', 'refurbish', 'scrap', 'donate', 'supplier', 'quarantine'))), name='inspection_disposition_is_known')],
            },
        ),
        migrations.CreateModel(
            name='DispositionRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(blank=True, default='', max_length=120, verbose_name='category')),
                ('grade', models.CharField(blank=True, choices=[('A', 'A: as new'), ('B', 'B: opened'), ('C', 'C: to repair'), ('D', 'D: waste')], default='', max_length=1, verbose_name='grade')),
                ('disposition', models.CharField(choices=[('restock', 'Back on the shelf'), ('open_box', 'Sell as opened'), ('refurbish', 'Repair'), ('scrap', 'Scrap'), ('donate', 'Donate'), ('supplier', 'Claim from supplier'), ('quarantine', 'Keep apart')], max_length=12, verbose_name='what becomes of it')),
                ('open_box_sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='sold as')),
                ('sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'rule for returned goods',
                'verbose_name_plural': 'rules for returned goods',
                'constraints': [models.UniqueConstraint(condition=models.Q(('sku__isnull', False)), fields=('sku', 'grade'), name='dispositionrule_once_per_sku'), models.UniqueConstraint(condition=models.Q(('sku__isnull', True)), fields=('category', 'grade'), name='dispositionrule_once_per_category'), models.CheckConstraint(condition=models.Q(('sku__isnull', True), ('category', ''), _connector='OR'), name='dispositionrule_sku_or_category'), models.CheckConstraint(condition=models.Q(('disposition__in', ('restock', 'open_box', 'refurbish', 'scrap', 'donate', 'supplier', 'quarantine'))), name='dispositionrule_disposition_is_known'), models.CheckConstraint(condition=models.Q(('open_box_sku__isnull', True), ('sku__isnull', False), _connector='OR'), name='dispositionrule_open_box_of_a_sku')],
            },
        ),
    ]
