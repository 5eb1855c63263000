import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0006_cycle_counts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='reservation',
            name='purpose',
            field=models.CharField(choices=[('ORDER', 'order'), ('EXCHANGE', 'exchange'), ('BACK_IN_STOCK', 'back in stock'), ('PRESALE', 'pre-sale'), ('B2B', 'B2B'), ('TRANSFER', 'transfer'), ('KIT', 'kit work order')], default='ORDER', max_length=16, verbose_name='purpose'),
        ),
        migrations.CreateModel(
            name='PickFace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('min_qty', models.IntegerField(verbose_name='refill below')),
                ('max_qty', models.IntegerField(verbose_name='refill up to')),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pick_faces', to='inventory.bin', verbose_name='bin')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pick_faces', to='inventory.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'pick face',
                'verbose_name_plural': 'pick faces',
                'constraints': [models.UniqueConstraint(fields=('bin', 'sku'), name='pickface_once'), models.CheckConstraint(condition=models.Q(('min_qty__gte', 0), ('max_qty__gt', models.F('min_qty'))), name='pickface_most_above_least')],
            },
        ),
        migrations.CreateModel(
            name='ReplenishTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.IntegerField(verbose_name='units')),
                ('moved_qty', models.IntegerField(default=0, verbose_name='units moved')),
                ('counted_qty', models.IntegerField(default=0, verbose_name='units counted')),
                ('step', models.CharField(default='bin', max_length=8, verbose_name='step')),
                ('is_urgent', models.BooleanField(default=False, verbose_name='urgent')),
                ('state', models.CharField(choices=[('open', 'ready'), ('done', 'done'), ('cancelled', 'cancelled')], default='open', max_length=12, verbose_name='state')),
                ('reason', models.CharField(blank=True, default='', max_length=24, verbose_name='reason')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, default='', max_length=64, verbose_name='closed by')),
                ('face', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='inventory.pickface', verbose_name='pick face')),
                ('from_bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin', verbose_name='from bin')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot', verbose_name='lot')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse', verbose_name='warehouse')),
            ],
            options={
                'verbose_name': 'replenishment task',
                'verbose_name_plural': 'replenishment tasks',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('face',), name='replenishtask_one_open'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='replenishtask_qty_positive'), models.CheckConstraint(condition=models.Q(('moved_qty__gte', 0), ('moved_qty__lte', models.F('qty'))), name='replenishtask_moved_within_qty'), models.CheckConstraint(condition=models.Q(('counted_qty__gte', 0), ('counted_qty__lte', models.F('qty'))), name='replenishtask_counted_within_qty')],
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('picking', 'picking'), ('in_transit', 'in transit'), ('partially_received', 'partly received'), ('received', 'received'), ('cancelled', 'cancelled')], default='draft', max_length=20, verbose_name='state')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='note')),
                ('reason', models.CharField(blank=True, default='', max_length=64, verbose_name='reason')),
                ('created_at', models.DateTimeField(verbose_name='planned at')),
                ('created_by', models.CharField(max_length=64, verbose_name='planned by')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('approved_by', models.CharField(blank=True, default='', max_length=64, verbose_name='approved by')),
                ('shipped_at', models.DateTimeField(blank=True, null=True, verbose_name='shipped at')),
                ('difference_at', models.DateTimeField(blank=True, null=True, verbose_name='difference reported at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('destination', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_in', to='inventory.warehouse', verbose_name='to')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_out', to='inventory.warehouse', verbose_name='from')),
            ],
            options={
                'verbose_name': 'transfer',
                'verbose_name_plural': 'transfers',
                'indexes': [models.Index(fields=['source', 'state', 'id'], name='transfer_leaving'), models.Index(fields=['destination', 'state', 'id'], name='transfer_arriving')],
                'constraints': [models.CheckConstraint(condition=models.Q(('source', models.F('destination')), _negated=True), name='transfer_between_two_warehouses'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('created_by')), _negated=True), name='transfer_approved_by_another'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'cancelled')), ('approved_at__isnull', False), _connector='OR'), name='transfer_approved_before_it_moves'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'approved', 'picking', 'cancelled')), ('shipped_at__isnull', False), _connector='OR'), name='transfer_shipped_before_it_arrives'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('received', 'cancelled'))), models.Q(models.Q(('state__in', ('received', 'cancelled')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='transfer_closed_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='TransferLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.IntegerField(verbose_name='units')),
                ('shipped_qty', models.IntegerField(default=0, verbose_name='units shipped')),
                ('received_qty', models.IntegerField(default=0, verbose_name='units received')),
                ('lost_qty', models.IntegerField(default=0, verbose_name='units lost')),
                ('returned_qty', models.IntegerField(default=0, verbose_name='units returned')),
                ('found_qty', models.IntegerField(default=0, verbose_name='units found')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfer_lines', to='inventory.sku', verbose_name='SKU')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='inventory.transfer', verbose_name='transfer')),
            ],
            options={
                'verbose_name': 'transfer line',
                'verbose_name_plural': 'transfer lines',
                'constraints': [models.UniqueConstraint(fields=('transfer', 'sku'), name='transferline_sku_once'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='transferline_qty_positive'), models.CheckConstraint(condition=models.Q(('shipped_qty__gte', 0), ('shipped_qty__lte', models.F('qty'))), name='transferline_shipped_within_qty'), models.CheckConstraint(condition=models.Q(('lost_qty__gte', 0), ('received_qty__gte', 0), ('returned_qty__gte', 0), ('shipped_qty__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('received_qty'), '+', models.F('lost_qty')), '+', models.F('returned_qty')))), name='transferline_settled_within_shipped'), models.CheckConstraint(condition=models.Q(('found_qty__gte', 0)), name='transferline_found_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='TransferPick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.IntegerField(verbose_name='units')),
                ('picked_qty', models.IntegerField(default=0, verbose_name='units picked')),
                ('counted_qty', models.IntegerField(default=0, verbose_name='units counted')),
                ('state', models.CharField(choices=[('open', 'ready'), ('picked', 'picked'), ('short', 'short'), ('cancelled', 'cancelled')], default='open', max_length=12, verbose_name='state')),
                ('step', models.CharField(default='bin', max_length=8, verbose_name='step')),
                ('reason', models.CharField(blank=True, default='', max_length=24, verbose_name='reason')),
                ('sequence', models.IntegerField(default=0, verbose_name='place in the walk')),
                ('attempt', models.PositiveSmallIntegerField(default=1, verbose_name='attempt')),
                ('bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin', verbose_name='bin')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='inventory.transferline', verbose_name='line')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot', verbose_name='lot')),
                ('tote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin', verbose_name='tote')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='inventory.transfer', verbose_name='transfer')),
            ],
            options={
                'verbose_name': 'transfer pick',
                'verbose_name_plural': 'transfer picks',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='transferpick_qty_positive'), models.CheckConstraint(condition=models.Q(('picked_qty__gte', 0), ('picked_qty__lte', models.F('qty'))), name='transferpick_picked_within_qty'), models.CheckConstraint(condition=models.Q(('counted_qty__gte', 0), ('counted_qty__lte', models.F('qty'))), name='transferpick_counted_within_qty'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'picked'), _negated=True), models.Q(('picked_qty', models.F('qty')), ('tote__isnull', False)), _connector='OR'), name='transferpick_picked_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'short'), _negated=True), ('picked_qty__lt', models.F('qty')), _connector='OR'), name='transferpick_short_is_less')],
            },
        ),
        migrations.CreateModel(
            name='WorkOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('is_unkit', models.BooleanField(default=False, verbose_name='take apart')),
                ('planned_qty', models.IntegerField(verbose_name='kits planned')),
                ('made_qty', models.IntegerField(default=0, verbose_name='kits made')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('released', 'released'), ('in_progress', 'in progress'), ('done', 'done'), ('cancelled', 'cancelled')], default='draft', max_length=12, verbose_name='state')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('reason', models.CharField(blank=True, default='', max_length=64, verbose_name='reason')),
                ('created_at', models.DateTimeField(verbose_name='planned at')),
                ('created_by', models.CharField(max_length=64, verbose_name='planned by')),
                ('released_at', models.DateTimeField(blank=True, null=True, verbose_name='released at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('bom', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_orders', to='inventory.bom', verbose_name='kit version')),
                ('kit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_orders', to='inventory.sku', verbose_name='kit')),
                ('output_bin', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin', verbose_name='put into bin')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_orders', to='inventory.warehouse', verbose_name='warehouse')),
            ],
            options={
                'verbose_name': 'work order',
                'verbose_name_plural': 'work orders',
                'indexes': [models.Index(fields=['warehouse', 'state', 'id'], name='workorder_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('planned_qty__gte', 1)), name='workorder_planned_positive'), models.CheckConstraint(condition=models.Q(('made_qty__gte', 0), ('made_qty__lte', models.F('planned_qty'))), name='workorder_made_within_plan'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'cancelled')), ('released_at__isnull', False), _connector='OR'), name='workorder_released_before_work'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('done', 'cancelled'))), models.Q(models.Q(('state__in', ('done', 'cancelled')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='workorder_closed_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='KitPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.IntegerField(verbose_name='units per kit')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='component')),
                ('component_lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='in_kits', to='inventory.lot', verbose_name='component lot')),
                ('kit_lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kit_parts', to='inventory.lot', verbose_name='kit lot')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='inventory.workorder', verbose_name='work order')),
            ],
            options={
                'verbose_name': 'kit part',
                'verbose_name_plural': 'kit parts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('component_lot__isnull', False)), fields=('kit_lot', 'component', 'component_lot'), name='kitpart_once_with_lot'), models.UniqueConstraint(condition=models.Q(('component_lot__isnull', True)), fields=('kit_lot', 'component'), name='kitpart_once_without_lot'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='kitpart_qty_positive')],
            },
        ),
        migrations.CreateModel(
            name='WorkOrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_kit_qty', models.IntegerField(verbose_name='units per kit')),
                ('consumed_qty', models.IntegerField(default=0, verbose_name='units used')),
                ('scrapped_qty', models.IntegerField(default=0, verbose_name='units scrapped')),
                ('recovered_qty', models.IntegerField(default=0, verbose_name='units recovered')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_order_lines', to='inventory.sku', verbose_name='component')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='inventory.workorder', verbose_name='work order')),
            ],
            options={
                'verbose_name': 'work order line',
                'verbose_name_plural': 'work order lines',
                'constraints': [models.UniqueConstraint(fields=('work_order', 'component'), name='workorderline_component_once'), models.CheckConstraint(condition=models.Q(('per_kit_qty__gte', 1)), name='workorderline_per_kit_positive'), models.CheckConstraint(condition=models.Q(('consumed_qty__gte', 0), ('recovered_qty__gte', 0), ('scrapped_qty__gte', 0)), name='workorderline_parts_not_negative')],
            },
        ),
    ]
