import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0011_mail_attachments'),
        ('customers', '0002_substitutes_welcome'),
        ('inventory', '0012_ended_pick_faces'),
        ('orders', '0009_supply_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReturnReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='reason')),
                ('name_zh', models.CharField(blank=True, default='', max_length=120, verbose_name='Chinese name')),
                ('fault', models.CharField(choices=[('customer', 'customer'), ('seller', 'seller'), ('carrier', 'carrier'), ('supplier', 'supplier')], default='customer', max_length=10, verbose_name='caused by')),
                ('asks_photo', models.BooleanField(default=False, verbose_name='asks for a photo')),
                ('is_public', models.BooleanField(default=True, verbose_name='offered to customers')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('rank', models.PositiveSmallIntegerField(default=100, verbose_name='place in the list')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='details', to='returns.returnreason', verbose_name='belongs to')),
            ],
            options={
                'verbose_name': 'return reason',
                'verbose_name_plural': 'return reasons',
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='returnreason_has_a_code'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='returnreason_not_its_own_parent'), models.CheckConstraint(condition=models.Q(('fault__in', ('customer', 'seller', 'carrier', 'supplier'))), name='returnreason_fault_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('expected', 'announced'), ('unexpected', 'other item of the order'), ('unexpected_ours', 'ours, not of the order'), ('foreign', 'not ours'), ('extra', 'more than announced')], default='expected', max_length=16)),
                ('description', models.CharField(blank=True, default='', max_length=300)),
                ('qty', models.PositiveIntegerField(verbose_name='announced')),
                ('received_qty', models.PositiveIntegerField(default=0, verbose_name='received')),
                ('accepted_qty', models.PositiveIntegerField(default=0, verbose_name='accepted')),
                ('refused_qty', models.PositiveIntegerField(default=0, verbose_name='not accepted')),
                ('resolution', models.CharField(choices=[('refund', 'Refund'), ('store_credit', 'Store credit'), ('exchange', 'Exchange'), ('replacement', 'Replacement'), ('repair', 'Repair'), ('returnless', 'Refund, keep the item'), ('reject', 'Declined'), ('none', 'Not decided')], default='refund', max_length=12, verbose_name='outcome')),
                ('reason_note', models.CharField(blank=True, default='', max_length=500)),
                ('unit_value_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('value_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('restocking_share', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=5)),
                ('bonus_share', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=5)),
                ('policy', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Settled'), ('rejected', 'Declined'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                ('exchange_sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('lot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('order_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='return_lines', to='orders.orderline')),
                ('shipment_line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.shipmentline')),
                ('sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='returns.returnreason')),
            ],
            options={
                'verbose_name': 'line of a return',
                'verbose_name_plural': 'lines of returns',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0), models.Q(('kind', 'expected'), _negated=True), _connector='OR'), name='returnline_announces_units'), models.CheckConstraint(condition=models.Q(('received_qty__lte', models.F('qty')), models.Q(('kind', 'expected'), _negated=True), _connector='OR'), name='returnline_received_within_qty'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_qty__lte', models.F('qty')), ('resolution', 'returnless')), ('accepted_qty__lte', django.db.models.expressions.CombinedExpression(models.F('received_qty'), '-', models.F('refused_qty'))), _connector='OR'), name='returnline_accepted_within_received'), models.CheckConstraint(condition=models.Q(('refused_qty__lte', models.F('received_qty'))), name='returnline_refused_within_received'), models.CheckConstraint(condition=models.Q(('unit_value_amount__gte', 0), ('value_amount__gte', 0)), name='returnline_value_not_negative'), models.CheckConstraint(condition=models.Q(('restocking_share__gte', 0), ('restocking_share__lte', 1)), name='returnline_restocking_is_a_share'), models.CheckConstraint(condition=models.Q(('bonus_share__gte', 0), ('bonus_share__lte', 1)), name='returnline_bonus_is_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('resolution', 'exchange'), _negated=True), ('exchange_sku__isnull', False), _connector='OR'), name='returnline_exchange_names_its_sku')],
            },
        ),
        migrations.CreateModel(
            name='ReturnRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('return', 'Return'), ('claim', 'Claim'), ('rts', 'Undelivered')], default='return', max_length=8, verbose_name='kind')),
                ('source', models.CharField(choices=[('portal', "Customer's page"), ('desk', 'Order desk'), ('store', 'Store'), ('floor', 'Warehouse floor'), ('api', 'API'), ('carrier', 'Carrier')], max_length=8, verbose_name='came by')),
                ('from_country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('status', models.CharField(choices=[('requested', 'Requested'), ('review', 'In review'), ('approved', 'Approved'), ('label_issued', 'Label issued'), ('in_transit', 'On its way back'), ('arrived', 'Arrived'), ('inspected', 'Inspected'), ('resolved', 'Settled'), ('rejected', 'Declined'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='requested', max_length=16, verbose_name='state')),
                ('method', models.CharField(choices=[('label', 'Printed label'), ('qr', 'Code without printing'), ('own', 'Own parcel service'), ('drop_off', 'Drop-off point'), ('store', 'In the store'), ('pickup', 'Home pick-up'), ('keep', 'Nothing to send')], default='label', max_length=10, verbose_name='way back')),
                ('processing_event', models.CharField(choices=[('label', 'when the label is made'), ('in_transit', 'when the carrier has it'), ('received', 'when it arrives'), ('validated', 'when it is inspected'), ('manual', 'when somebody decides')], default='validated', max_length=12, verbose_name='money moves')),
                ('is_instant', models.BooleanField(default=False, verbose_name='exchange at once')),
                ('policy_version', models.PositiveIntegerField(default=0)),
                ('policy', models.JSONField(blank=True, default=dict)),
                ('preview', models.JSONField(blank=True, default=dict)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('expected_refund_on', models.DateField(blank=True, null=True)),
                ('send_by_on', models.DateField(blank=True, null=True, verbose_name='send by')),
                ('language', models.CharField(blank=True, default='', max_length=10)),
                ('note', models.CharField(blank=True, default='', max_length=1000, verbose_name='note')),
                ('submission_key', models.CharField(blank=True, max_length=80, null=True, unique=True)),
                ('requested_at', models.DateTimeField(verbose_name='asked')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=64)),
                ('decision_reason', models.CharField(blank=True, default='', max_length=500)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('inspected_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.CharField(max_length=64)),
                ('updated_at', models.DateTimeField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('channel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.channel')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='orders.order')),
                ('return_channel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.channel')),
                ('warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'verbose_name': 'return',
                'verbose_name_plural': 'returns',
                'indexes': [models.Index(fields=['status', 'requested_at', 'id'], name='return_by_status'), models.Index(fields=['requested_at', 'id'], name='return_by_day'), models.Index(fields=['customer', 'requested_at'], name='return_by_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ('requested', 'review', 'approved', 'label_issued', 'in_transit', 'arrived', 'inspected', 'resolved', 'rejected', 'cancelled', 'expired'))), name='returnrequest_status_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ('return', 'claim', 'rts'))), name='returnrequest_kind_is_known'), models.CheckConstraint(condition=models.Q(('status__in', ('requested', 'review', 'cancelled', 'arrived', 'inspected')), ('decided_at__isnull', False), _connector='OR'), name='returnrequest_goes_on_when_decided'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'rejected'), _negated=True), models.Q(('decision_reason', ''), _negated=True), _connector='OR'), name='returnrequest_rejection_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ReturnPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(choices=[('customer', 'customer'), ('staff', 'staff')], max_length=8)),
                ('taken_at', models.DateTimeField()),
                ('taken_by', models.CharField(blank=True, default='', max_length=64)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='returns.returnline')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='returns.returnrequest')),
            ],
            options={
                'verbose_name': 'photo of a return',
                'verbose_name_plural': 'photos of returns',
                'constraints': [models.UniqueConstraint(fields=('request', 'file', 'line'), name='returnphoto_once', nulls_distinct=False)],
            },
        ),
        migrations.AddField(
            model_name='returnline',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='returns.returnrequest'),
        ),
        migrations.CreateModel(
            name='ReturnStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('from_state', models.CharField(blank=True, default='', max_length=16)),
                ('to_state', models.CharField(blank=True, default='', max_length=16)),
                ('is_public', models.BooleanField(default=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=64)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='returns.returnrequest')),
            ],
            options={
                'verbose_name': 'step of a return',
                'verbose_name_plural': 'steps of returns',
                'indexes': [models.Index(fields=['request', 'at', 'id'], name='returnstep_timeline')],
            },
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(fields=('request', 'position'), name='returnline_position_once'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'expected'), ('order_line__isnull', False)), fields=('request', 'order_line'), name='returnline_once_per_order_line'),
        ),
    ]
