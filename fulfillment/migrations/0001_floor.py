import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('inventory', '0003_append_only_ledger'),
        ('orders', '0001_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carton',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('open', 'Open'), ('verified', 'Verified'), ('closed', 'Closed'), ('voided', 'Voided')], default='open', max_length=10)),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True)),
                ('expected_weight_g', models.PositiveIntegerField(default=0)),
                ('parcel_id', models.PositiveBigIntegerField(blank=True, null=True, unique=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('packed_by', models.CharField(max_length=40)),
                ('box_sku', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cartons', to='orders.shipment')),
                ('station_bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shipment', 'number'), name='carton_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('weight_g__gt', 0), _connector='OR'), name='carton_closed_has_weight')],
            },
        ),
        migrations.CreateModel(
            name='CartonLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.PositiveIntegerField()),
                ('verified_qty', models.PositiveIntegerField(default=0)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('carton', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='fulfillment.carton')),
                ('from_bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('shipment_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carton_lines', to='orders.shipmentline')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='cartonline_qty_positive'), models.CheckConstraint(condition=models.Q(('verified_qty__lte', models.F('qty'))), name='cartonline_verified_within_qty')],
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('carrier_code', models.CharField(max_length=24)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Handed over')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.CharField(blank=True, max_length=40)),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('warehouse', 'carrier_code'), name='manifest_one_open'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('closed_at__isnull', False), _connector='OR'), name='manifest_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='ManifestParcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parcel_id', models.PositiveBigIntegerField(unique=True)),
                ('scanned_at', models.DateTimeField()),
                ('scanned_by', models.CharField(max_length=40)),
                ('carton', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='manifest_entries', to='fulfillment.carton')),
                ('manifest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='fulfillment.manifest')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shipment')),
            ],
            options={
                'indexes': [models.Index(fields=['shipment'], name='manifestparcel_by_shipment')],
            },
        ),
        migrations.CreateModel(
            name='PutBackTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('open', 'Ready'), ('done', 'Done')], default='open', max_length=10)),
                ('reason', models.CharField(max_length=24)),
                ('created_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.CharField(blank=True, max_length=40)),
                ('from_bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='put_back_tasks', to='orders.shipment')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('to_bin', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['warehouse', 'id'], name='putback_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='putbacktask_qty_positive'), models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('done_at__isnull', False), ('to_bin__isnull', False)), _connector='OR'), name='putbacktask_done_has_bin')],
            },
        ),
        migrations.CreateModel(
            name='ScanRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scan_id', models.UUIDField(unique=True)),
                ('station_code', models.CharField(blank=True, max_length=24)),
                ('actor_key', models.CharField(max_length=40)),
                ('screen', models.CharField(max_length=16)),
                ('task_key', models.CharField(blank=True, max_length=40)),
                ('raw', models.CharField(max_length=512)),
                ('verdict', models.CharField(max_length=10)),
                ('answer', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('is_undone', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['actor_key', '-id'], name='scanrecord_by_actor')],
            },
        ),
        migrations.CreateModel(
            name='ShortDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('short_qty', models.PositiveIntegerField()),
                ('steps', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('open', 'Needs decision'), ('decided', 'Decided')], default='open', max_length=10)),
                ('choice', models.CharField(blank=True, max_length=16)),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, max_length=40)),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='short_decisions', to='orders.shipment')),
                ('shipment_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shipmentline')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('short_qty__gt', 0)), name='shortdecision_qty_positive'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('shipment_line',), name='shortdecision_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Station',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(choices=[('handheld', 'Handheld'), ('pack', 'Pack station'), ('dock', 'Dock')], max_length=10)),
                ('token_hash', models.CharField(blank=True, max_length=64)),
                ('is_active', models.BooleanField(default=True)),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
        ),
        migrations.CreateModel(
            name='Wave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('released', 'Released'), ('in_progress', 'In progress'), ('completed', 'Completed'), ('cancelled', 'Cancelled')], default='draft', max_length=12)),
                ('criteria', models.JSONField(blank=True, default=dict)),
                ('shipment_count', models.PositiveIntegerField(default=0)),
                ('task_count', models.PositiveIntegerField(default=0)),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('released_by', models.CharField(blank=True, max_length=40)),
                ('completed_at', models.DateTimeField(blank=True, null=True)),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'indexes': [models.Index(fields=['warehouse', 'state', 'id'], name='wave_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'draft'), ('state', 'cancelled'), ('released_at__isnull', False), _connector='OR'), name='wave_released_has_time')],
            },
        ),
        migrations.CreateModel(
            name='PickTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.PositiveIntegerField()),
                ('picked_qty', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'Ready'), ('picked', 'Picked'), ('short', 'Short'), ('skipped', 'Skipped'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                ('step', models.CharField(choices=[('bin', 'Scan the bin'), ('item', 'Scan the item'), ('lot', 'Scan the lot'), ('tote', 'Scan the tote')], default='bin', max_length=6)),
                ('counted_qty', models.PositiveIntegerField(default=0)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('reason', models.CharField(blank=True, max_length=24)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('assigned_to', models.CharField(blank=True, max_length=40)),
                ('updated_at', models.DateTimeField(blank=True, null=True)),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pick_tasks', to='orders.shipment')),
                ('shipment_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pick_tasks', to='orders.shipmentline')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('tote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='fulfillment.wave')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['warehouse', 'sequence', 'id'], name='picktask_open'), models.Index(fields=['shipment', 'state'], name='picktask_by_shipment'), models.Index(condition=models.Q(('state', 'picked')), fields=['tote'], name='picktask_by_tote')],
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='picktask_qty_positive'), models.CheckConstraint(condition=models.Q(('picked_qty__lte', models.F('qty'))), name='picktask_picked_within_qty'), models.CheckConstraint(condition=models.Q(('counted_qty__lte', models.F('qty'))), name='picktask_counted_within_qty'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'picked'), _negated=True), models.Q(('picked_qty', models.F('qty')), ('tote__isnull', False)), _connector='OR'), name='picktask_picked_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'short'), _negated=True), ('picked_qty__lt', models.F('qty')), _connector='OR'), name='picktask_short_is_less')],
            },
        ),
    ]
