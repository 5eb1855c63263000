import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0002_platform'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carrier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('kind', models.CharField(default='builtin', max_length=32)),
                ('is_active', models.BooleanField(default=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('paused_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='carrier_code_given')],
            },
        ),
        migrations.CreateModel(
            name='CarrierService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('name_zh', models.CharField(blank=True, max_length=80)),
                ('mode', models.CharField(choices=[('ground', 'Ground'), ('air', 'Air'), ('sea', 'Sea'), ('express', 'Express')], default='ground', max_length=16)),
                ('is_active', models.BooleanField(default=True)),
                ('is_default_flat', models.BooleanField(default=False)),
                ('cutoff_time', models.TimeField(blank=True, null=True)),
                ('transit_lo_days', models.PositiveSmallIntegerField(default=3)),
                ('transit_hi_days', models.PositiveSmallIntegerField(default=7)),
                ('volume_divisor', models.PositiveIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100000)])),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='shipping.carrier')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default_flat', True)), fields=('is_default_flat',), name='carrierservice_one_flat'), models.CheckConstraint(condition=models.Q(('transit_lo_days__lte', models.F('transit_hi_days'))), name='carrierservice_transit_range')],
            },
        ),
        migrations.CreateModel(
            name='Parcel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True)),
                ('owner_key', models.CharField(db_index=True, max_length=64)),
                ('order_key', models.CharField(blank=True, db_index=True, max_length=64)),
                ('order_number', models.CharField(blank=True, max_length=32)),
                ('shipment_number', models.CharField(blank=True, db_index=True, max_length=32)),
                ('warehouse_code', models.CharField(max_length=32)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('parcel_count', models.PositiveSmallIntegerField(default=1)),
                ('box_code', models.CharField(blank=True, max_length=32)),
                ('weight_g', models.PositiveIntegerField(blank=True, null=True)),
                ('length_mm', models.PositiveIntegerField(blank=True, null=True)),
                ('width_mm', models.PositiveIntegerField(blank=True, null=True)),
                ('height_mm', models.PositiveIntegerField(blank=True, null=True)),
                ('ship_from', models.JSONField(default=dict)),
                ('ship_to', models.JSONField(default=dict)),
                ('public_view', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', 'Open'), ('verified', 'Verified'), ('labelled', 'Labelled'), ('confirmed', 'Confirmed'), ('manifested', 'Manifested'), ('in_transit', 'In transit'), ('delivered', 'Delivered'), ('exception', 'Exception'), ('voided', 'Voided')], default='open', max_length=16)),
                ('manifest_number', models.CharField(blank=True, db_index=True, max_length=32)),
                ('tracking_number', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('tracking_status', models.CharField(blank=True, max_length=24)),
                ('tracking_rank', models.PositiveSmallIntegerField(default=0)),
                ('tracking_at', models.DateTimeField(blank=True, null=True)),
                ('label_problem', models.CharField(blank=True, max_length=200)),
                ('handed_over_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='shipping.carrierservice')),
            ],
            options={
                'indexes': [models.Index(fields=['warehouse_code', 'state', 'id'], name='parcel_by_place_state'), models.Index(fields=['state', '-id'], name='parcel_by_state_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'voided'), _negated=True), fields=('owner_key', 'position'), name='parcel_once_per_position'), models.CheckConstraint(condition=models.Q(('parcel_count__gte', 1), ('position__gte', 1)), name='parcel_counts_from_one'), models.CheckConstraint(condition=models.Q(('tracking_status__in', ['', 'pre_transit', 'in_transit', 'customs', 'out_for_delivery', 'available_for_pickup', 'return_to_sender', 'delivered', 'exception', 'failed_attempt', 'lost', 'unknown'])), name='parcel_tracking_known'), models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', False), ('state', 'delivered')), models.Q(models.Q(('state', 'delivered'), _negated=True), ('delivered_at__isnull', True)), _connector='OR'), name='parcel_delivered_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['labelled', 'confirmed']), _negated=True), ('tracking_number__isnull', False), _connector='OR'), name='parcel_labelled_has_number')],
            },
        ),
        migrations.CreateModel(
            name='LabelRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('request_key', models.CharField(max_length=100, unique=True)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('purchased', 'Purchased'), ('failed', 'Failed'), ('void_pending', 'Void pending'), ('voided', 'Voided')], default='requested', max_length=16)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('claimed_by', models.CharField(blank=True, max_length=32)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('error_code', models.CharField(blank=True, max_length=40)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('requested_by', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='label_requests', to='shipping.parcel')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'id'], name='labelrequest_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'purchased'])), fields=('parcel',), name='labelrequest_one_alive')],
            },
        ),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tracking_number', models.CharField(max_length=64, unique=True)),
                ('carrier_reference', models.CharField(max_length=100)),
                ('cost_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('content_hash', models.CharField(max_length=64)),
                ('replaced', models.CharField(blank=True, max_length=100)),
                ('bought_at', models.DateTimeField()),
                ('pdf', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('zpl', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='label', to='shipping.labelrequest')),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='shipping.parcel')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pdf__isnull', False), ('zpl__isnull', False), _connector='OR'), name='label_has_a_file')],
            },
        ),
        migrations.CreateModel(
            name='ParcelItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku_code', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=200)),
                ('name_zh', models.CharField(blank=True, max_length=200)),
                ('qty', models.PositiveIntegerField()),
                ('lot_code', models.CharField(blank=True, max_length=64)),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='shipping.parcel')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='parcelitem_qty_positive')],
            },
        ),
        migrations.CreateModel(
            name='PortalAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.CharField(max_length=80)),
                ('window_start_at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['window_start_at'], name='portalattempt_by_window')],
                'constraints': [models.UniqueConstraint(fields=('bucket', 'window_start_at'), name='portalattempt_once_per_window')],
            },
        ),
        migrations.CreateModel(
            name='PublicLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('purpose', models.CharField(default='tracking', max_length=16)),
                ('order_key', models.CharField(db_index=True, max_length=64)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='publiclink_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='RateCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('source_name', models.CharField(blank=True, max_length=200)),
                ('content_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='shipping.carrierservice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('service', 'version'), name='ratecard_once_per_version'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('service',), name='ratecard_one_open_ended'), models.UniqueConstraint(fields=('service', 'valid_from'), name='ratecard_one_per_start'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='ratecard_range_runs_forward')],
            },
        ),
        migrations.CreateModel(
            name='ShippingZone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('warehouse_code', models.CharField(blank=True, max_length=32)),
                ('code', models.CharField(max_length=32)),
                ('transit_lo_days', models.PositiveSmallIntegerField()),
                ('transit_hi_days', models.PositiveSmallIntegerField()),
                ('per_extra_kg_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='shipping.ratecard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('card', 'warehouse_code', 'code'), name='shippingzone_once_per_card'), models.CheckConstraint(condition=models.Q(('transit_lo_days__lte', models.F('transit_hi_days'))), name='shippingzone_transit_range'), models.CheckConstraint(condition=models.Q(('per_extra_kg_amount__isnull', True), ('per_extra_kg_amount__gte', Decimal('0')), _connector='OR'), name='shippingzone_extra_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='RateBreak',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('max_weight_g', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=4, max_digits=14)),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='breaks', to='shipping.shippingzone')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('zone', 'max_weight_g'), name='ratebreak_once_per_weight'), models.CheckConstraint(condition=models.Q(('max_weight_g__gt', 0)), name='ratebreak_weight_positive'), models.CheckConstraint(condition=models.Q(('amount__gte', Decimal('0'))), name='ratebreak_amount_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='TrackedOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_key', models.CharField(max_length=64, unique=True)),
                ('order_number', models.CharField(db_index=True, max_length=32)),
                ('email_hash', models.CharField(blank=True, max_length=64)),
                ('language', models.CharField(blank=True, max_length=10)),
                ('first_name', models.CharField(blank=True, max_length=60)),
                ('city', models.CharField(blank=True, max_length=80)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('brand', models.JSONField(default=dict)),
                ('items', models.JSONField(default=list)),
                ('status', models.CharField(default='confirmed', max_length=16)),
                ('promised_from_on', models.DateField(blank=True, null=True)),
                ('promised_by_on', models.DateField(blank=True, null=True)),
                ('placed_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('promised_from_on__isnull', True), ('promised_by_on__isnull', True), ('promised_from_on__lte', models.F('promised_by_on')), _connector='OR'), name='trackedorder_promise_range')],
            },
        ),
        migrations.CreateModel(
            name='TrackingEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_event_id', models.CharField(max_length=100)),
                ('status', models.CharField(max_length=24)),
                ('rank', models.PositiveSmallIntegerField(default=0)),
                ('text', models.CharField(blank=True, max_length=200)),
                ('place', models.CharField(blank=True, max_length=100)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('utc_offset_min', models.SmallIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('received_at', models.DateTimeField()),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='shipping.parcel')),
            ],
            options={
                'indexes': [models.Index(fields=['parcel', 'at', 'id'], name='trackingevent_by_time')],
                'constraints': [models.UniqueConstraint(fields=('parcel', 'source_event_id'), name='trackingevent_once_per_source'), models.CheckConstraint(condition=models.Q(('status__in', ['pre_transit', 'in_transit', 'customs', 'out_for_delivery', 'available_for_pickup', 'return_to_sender', 'delivered', 'exception', 'failed_attempt', 'lost', 'unknown'])), name='trackingevent_status_known')],
            },
        ),
        migrations.CreateModel(
            name='ZoneCountry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(max_length=2)),
                ('postcode_prefix', models.CharField(blank=True, max_length=12)),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='countries', to='shipping.shippingzone')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('zone', 'country', 'postcode_prefix'), name='zonecountry_once_per_zone')],
            },
        ),
    ]
