import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0012_ended_pick_faces'),
        ('orders', '0010_returned_units'),
        ('returns', '0001_returns'),
        ('shipping', '0002_order_number_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('exchange', 'Exchange'), ('replacement', 'Replacement'), ('repair', 'Repair')], default='exchange', max_length=12, verbose_name='kind')),
                ('qty', models.PositiveIntegerField(verbose_name='units')),
                ('state', models.CharField(choices=[('waiting', 'Waits for stock'), ('reserved', 'Reserved'), ('ordered', 'Ordered'), ('done', 'On its way out'), ('expired', 'Reservation over'), ('converted', 'Turned into money'), ('released', 'Given back')], default='reserved', max_length=12, verbose_name='state')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='kept until')),
                ('extended_at', models.DateTimeField(blank=True, null=True)),
                ('difference_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('is_instant', models.BooleanField(default=False, verbose_name='sent at once')),
                ('rounds', models.PositiveSmallIntegerField(default=1)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=64)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='returns.returnline')),
                ('order', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='orders.order')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('warehouse', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'verbose_name': 'exchange',
                'verbose_name_plural': 'exchanges',
                'indexes': [models.Index(condition=models.Q(('state', 'reserved')), fields=['expires_at', 'id'], name='exchange_expiry'), models.Index(condition=models.Q(('state', 'waiting')), fields=['sku', 'id'], name='exchange_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'reserved', 'ordered', 'done', 'expired'))), fields=('line',), name='exchange_one_alive_per_line'), models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'reserved', 'ordered', 'done', 'expired', 'converted', 'released'))), name='exchange_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'reserved'), _negated=True), models.Q(('expires_at__isnull', False), ('warehouse__isnull', False)), _connector='OR'), name='exchange_reserved_somewhere_until'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('ordered', 'done')), _negated=True), ('order__isnull', False), _connector='OR'), name='exchange_ordered_has_its_order'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='exchange_qty_positive')],
            },
        ),
        migrations.CreateModel(
            name='CardHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('gateway', models.CharField(max_length=20)),
                ('payment_reference', models.CharField(max_length=100)),
                ('request_key', models.CharField(max_length=80, unique=True)),
                ('amount', models.DecimalField(decimal_places=4, max_digits=14)),
                ('captured_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('asked', 'Being asked'), ('held', 'Held'), ('refused', 'Refused'), ('capture_asked', 'Being charged'), ('captured', 'Charged'), ('release_asked', 'Being released'), ('released', 'Released'), ('lapsed', 'Lapsed')], default='asked', max_length=14)),
                ('gateway_reference', models.CharField(blank=True, default='', max_length=100)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('charge_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, default='', max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='card_holds', to='returns.exchange')),
            ],
            options={
                'verbose_name': 'card authorization',
                'verbose_name_plural': 'card authorizations',
                'indexes': [models.Index(condition=models.Q(('state', 'held')), fields=['expires_at', 'id'], name='cardhold_expiry')],
                'constraints': [models.UniqueConstraint(fields=('exchange', 'round'), name='cardhold_round_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('capture_asked', 'captured'))), fields=('exchange',), name='cardhold_charged_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='cardhold_amount_positive'), models.CheckConstraint(condition=models.Q(('captured_amount__lte', models.F('amount'))), name='cardhold_captures_within'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('expires_at__isnull', False), _connector='OR'), name='cardhold_held_until')],
            },
        ),
        migrations.CreateModel(
            name='ReturnLabel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.PositiveSmallIntegerField(default=1, verbose_name='parcel')),
                ('method', models.CharField(choices=[('label', 'Printed label'), ('qr', 'Code without printing'), ('own', 'Own parcel service'), ('drop_off', 'Drop-off point'), ('store', 'In the store'), ('pickup', 'Home pick-up'), ('keep', 'Nothing to send')], max_length=10, verbose_name='way back')),
                ('state', models.CharField(choices=[('asked', 'Being made'), ('ready', 'Ready'), ('failed', 'Refused by the carrier'), ('used', 'Used'), ('voided', 'Taken back'), ('expired', 'Expired')], default='asked', max_length=8, verbose_name='state')),
                ('code', models.CharField(max_length=24, unique=True, verbose_name='code')),
                ('payer', models.CharField(choices=[('seller', 'shop'), ('customer', 'customer')], default='seller', max_length=8, verbose_name='paid by')),
                ('charged_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('is_international', models.BooleanField(default=False)),
                ('customs', models.JSONField(blank=True, default=list)),
                ('pickup_on', models.DateField(blank=True, null=True, verbose_name='pick-up day')),
                ('own_carrier', models.CharField(blank=True, default='', max_length=60, verbose_name='parcel service')),
                ('own_tracking', models.CharField(blank=True, default='', max_length=64, verbose_name='tracking number')),
                ('problem', models.CharField(blank=True, default='', max_length=300)),
                ('expires_on', models.DateField(verbose_name='valid until')),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=64)),
                ('ready_at', models.DateTimeField(blank=True, null=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('outbound_parcel', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shipping.parcel')),
                ('parcel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='shipping.parcel')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='returns.returnrequest')),
                ('warehouse', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'verbose_name': 'return label',
                'verbose_name_plural': 'return labels',
                'indexes': [models.Index(condition=models.Q(('state__in', ('asked', 'ready'))), fields=['expires_on', 'id'], name='returnlabel_expiry'), models.Index(condition=models.Q(('own_tracking', ''), _negated=True), fields=['own_tracking'], name='returnlabel_own_tracking')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('asked', 'ready', 'used'))), fields=('request', 'part'), name='returnlabel_one_alive_per_parcel'), models.CheckConstraint(condition=models.Q(('state__in', ('asked', 'ready', 'failed', 'used', 'voided', 'expired'))), name='returnlabel_state_is_known'), models.CheckConstraint(condition=models.Q(('method__in', ('label', 'qr', 'drop_off', 'pickup', 'own', 'store'))), name='returnlabel_method_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'pickup'), _negated=True), ('pickup_on__isnull', False), _connector='OR'), name='returnlabel_pickup_has_a_day'), models.CheckConstraint(condition=models.Q(('charged_amount', 0), models.Q(('charged_amount__gt', 0), ('payer', 'customer')), _connector='OR'), name='returnlabel_charge_is_the_customers'), models.CheckConstraint(condition=models.Q(('part__gte', 1)), name='returnlabel_parts_count_from_one')],
            },
        ),
    ]
