import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0005_packaging_and_handling'),
    ]

    operations = [
        migrations.CreateModel(
            name='AdjustmentRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('condition', models.CharField(choices=[('good', 'good'), ('damaged', 'damaged'), ('quarantine', 'quarantine'), ('suspected_missing', 'suspected missing'), ('returning', 'returning')], max_length=20, verbose_name='condition')),
                ('delta_qty', models.IntegerField(verbose_name='difference')),
                ('value_amount', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='value of the difference')),
                ('reason', models.CharField(max_length=32, verbose_name='reason')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='note')),
                ('state', models.CharField(choices=[('waiting', 'to approve'), ('booked', 'booked'), ('refused', 'refused')], default='waiting', max_length=10, verbose_name='state')),
                ('request_key', models.CharField(max_length=100, unique=True)),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('requested_by', models.CharField(max_length=64, verbose_name='requested by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decided_by', models.CharField(blank=True, default='', max_length=64, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'adjustment to approve',
                'verbose_name_plural': 'adjustments to approve',
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['requested_at', 'id'], name='adjustmentrequest_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('delta_qty', 0), _negated=True), name='adjustmentrequest_changes_something'), models.CheckConstraint(condition=models.Q(('condition__in', ('good', 'damaged', 'quarantine', 'suspected_missing', 'returning'))), name='adjustmentrequest_condition_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('state__in', ('booked', 'refused'))), _connector='OR'), name='adjustmentrequest_decided_has_a_time'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='adjustmentrequest_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='CountClass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('abc', models.CharField(max_length=1, verbose_name='class')),
                ('value_amount', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='value that left in a year')),
                ('computed_at', models.DateTimeField(verbose_name='computed at')),
            ],
            options={
                'verbose_name': 'count class',
                'verbose_name_plural': 'count classes',
                'constraints': [models.CheckConstraint(condition=models.Q(('abc__in', ('A', 'B', 'C'))), name='countclass_is_known'), models.CheckConstraint(condition=models.Q(('value_amount__gte', 0)), name='countclass_value_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='CycleCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('requested', 'to count'), ('counting', 'being counted'), ('counted', 'counted'), ('recount', 'second person'), ('review', 'to approve'), ('posted', 'posted'), ('cancelled', 'cancelled')], default='requested', max_length=12, verbose_name='state')),
                ('reason', models.CharField(max_length=32, verbose_name='reason')),
                ('abc', models.CharField(blank=True, default='', max_length=1, verbose_name='class')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('variance_qty', models.PositiveIntegerField(default=0, verbose_name='units of difference')),
                ('variance_amount', models.DecimalField(decimal_places=4, default=0, max_digits=18, verbose_name='value of the difference')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='note')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('requested_by', models.CharField(max_length=64, verbose_name='requested by')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, default='', max_length=64, verbose_name='closed by')),
            ],
            options={
                'verbose_name': 'cycle count',
                'verbose_name_plural': 'cycle counts',
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('requested', 'counting', 'counted', 'recount', 'review', 'posted', 'cancelled'))), name='cyclecount_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('posted', 'cancelled'))), models.Q(models.Q(('state__in', ('posted', 'cancelled')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='cyclecount_closed_has_a_time'), models.CheckConstraint(condition=models.Q(('abc__in', ('', 'A', 'B', 'C'))), name='cyclecount_class_is_known')],
            },
        ),
        migrations.CreateModel(
            name='CycleCountLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted_qty', models.PositiveIntegerField(default=0, verbose_name='counted')),
                ('expected_qty', models.PositiveIntegerField(blank=True, null=True, verbose_name='expected')),
                ('is_open', models.BooleanField(default=True)),
            ],
            options={
                'verbose_name': 'count line',
                'verbose_name_plural': 'count lines',
                'constraints': [models.CheckConstraint(condition=models.Q(('counted_qty__lte', 1000000)), name='cyclecountline_counted_in_range')],
            },
        ),
        migrations.CreateModel(
            name='CycleCountRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round_no', models.PositiveSmallIntegerField(verbose_name='round')),
                ('counter_key', models.CharField(max_length=64, verbose_name='counter')),
                ('step', models.CharField(choices=[('bin', 'scan the bin'), ('item', 'scan an item'), ('lot', 'scan the lot'), ('empty', 'confirm that the bin is empty')], default='bin', max_length=6)),
                ('pending_qty', models.PositiveIntegerField(default=0)),
                ('trail', models.JSONField(blank=True, default=list)),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('started_move_id', models.PositiveBigIntegerField(default=0, verbose_name='ledger position at the start')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
                ('finished_move_id', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='ledger position at the end')),
                ('moved_qty', models.PositiveIntegerField(default=0, verbose_name='units moved while counting')),
            ],
            options={
                'verbose_name': 'count round',
                'verbose_name_plural': 'count rounds',
                'constraints': [models.CheckConstraint(condition=models.Q(('round_no__gte', 1)), name='cyclecountround_starts_at_one')],
            },
        ),
        migrations.AddIndex(
            model_name='stockmove',
            index=models.Index(condition=models.Q(('lot__isnull', False), ('to_bin', -2)), fields=['lot', 'id'], include=('owner_key', 'qty', 'event'), name='stockmove_lot_left'),
        ),
        migrations.AddField(
            model_name='adjustmentrequest',
            name='bin',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin', verbose_name='bin'),
        ),
        migrations.AddField(
            model_name='adjustmentrequest',
            name='lot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot', verbose_name='lot'),
        ),
        migrations.AddField(
            model_name='adjustmentrequest',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='countclass',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.sku'),
        ),
        migrations.AddField(
            model_name='countclass',
            name='warehouse',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.warehouse'),
        ),
        migrations.AddField(
            model_name='cyclecount',
            name='bin',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycle_counts', to='inventory.bin', verbose_name='bin'),
        ),
        migrations.AddField(
            model_name='cyclecount',
            name='warehouse',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse', verbose_name='warehouse'),
        ),
        migrations.AddField(
            model_name='cyclecountline',
            name='bin',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin'),
        ),
        migrations.AddField(
            model_name='cyclecountline',
            name='lot',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot'),
        ),
        migrations.AddField(
            model_name='cyclecountline',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku'),
        ),
        migrations.AddField(
            model_name='cyclecountround',
            name='count',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='inventory.cyclecount'),
        ),
        migrations.AddField(
            model_name='cyclecountround',
            name='current_sku',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku'),
        ),
        migrations.AddField(
            model_name='cyclecountline',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='inventory.cyclecountround'),
        ),
        migrations.AddConstraint(
            model_name='countclass',
            constraint=models.UniqueConstraint(fields=('warehouse', 'sku'), name='countclass_once'),
        ),
        migrations.AddIndex(
            model_name='cyclecount',
            index=models.Index(condition=models.Q(('state__in', ('requested', 'counting', 'recount'))), fields=['warehouse', 'due_at', 'id'], name='cyclecount_due'),
        ),
        migrations.AddIndex(
            model_name='cyclecount',
            index=models.Index(fields=['bin', 'closed_at'], name='cyclecount_bin'),
        ),
        migrations.AddConstraint(
            model_name='cyclecount',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('posted', 'cancelled')), _negated=True), fields=('bin',), name='cyclecount_one_open_per_bin'),
        ),
        migrations.AddConstraint(
            model_name='cyclecountround',
            constraint=models.UniqueConstraint(fields=('count', 'round_no'), name='cyclecountround_once'),
        ),
        migrations.AddConstraint(
            model_name='cyclecountround',
            constraint=models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('count',), name='cyclecountround_one_open'),
        ),
        migrations.AddConstraint(
            model_name='cyclecountline',
            constraint=models.UniqueConstraint(models.F('bin'), models.F('sku'), django.db.models.functions.comparison.Coalesce(models.F('lot'), models.Value(0)), condition=models.Q(('is_open', True)), name='cyclecountline_one_open'),
        ),
        migrations.AddConstraint(
            model_name='cyclecountline',
            constraint=models.UniqueConstraint(models.F('round'), models.F('sku'), django.db.models.functions.comparison.Coalesce(models.F('lot'), models.Value(0)), name='cyclecountline_once'),
        ),
    ]
