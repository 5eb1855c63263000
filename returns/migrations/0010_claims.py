import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0013_awaiting_return'),
        ('returns', '0009_photos_once'),
        ('shipping', '0003_labels_exchanges'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeliveryCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('NO_SCAN', 'Never scanned'), ('LOST', 'Lost'), ('NOT_RECEIVED', 'Delivered, not received')], max_length=16, verbose_name='kind')),
                ('state', models.CharField(choices=[('watching', 'Watching'), ('decide', 'Needs decision'), ('reshipped', 'Sent again'), ('refunded', 'Refunded'), ('found', 'Turned up'), ('duplicate', 'Arrived after all'), ('closed', 'Closed')], default='watching', max_length=12, verbose_name='state')),
                ('source', models.CharField(choices=[('watch', 'Watch over parcels'), ('customer', 'Customer'), ('desk', 'Order desk')], max_length=8, verbose_name='noticed by')),
                ('words', models.CharField(blank=True, default='', max_length=1000, verbose_name='what the customer says')),
                ('is_off_the_books', models.BooleanField(default=False)),
                ('refund_key', models.CharField(blank=True, default='', max_length=120)),
                ('refund_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=14)),
                ('noticed_at', models.DateTimeField(verbose_name='noticed')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=64)),
                ('reason', models.CharField(blank=True, default='', max_length=500)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delivery_cases', to='orders.order')),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delivery_cases', to='shipping.parcel')),
                ('reship', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
            ],
            options={
                'verbose_name': 'missing parcel',
                'verbose_name_plural': 'missing parcels',
                'indexes': [models.Index(fields=['state', 'noticed_at', 'id'], name='case_by_state')],
                'constraints': [models.UniqueConstraint(fields=('parcel', 'kind'), name='deliverycase_once_per_kind'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'reshipped'), _negated=True), ('reship__isnull', False), _connector='OR'), name='deliverycase_reship_names_its_order'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refunded'), _negated=True), models.Q(('refund_key', ''), _negated=True), _connector='OR'), name='deliverycase_refund_has_a_key'), models.CheckConstraint(condition=models.Q(('reship__isnull', True), ('refund_key', ''), _connector='OR'), name='deliverycase_goods_or_money'), models.CheckConstraint(condition=models.Q(('refund_amount__gte', 0)), name='deliverycase_refund_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='CarrierClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='number')),
                ('kind', models.CharField(choices=[('LOST', 'Lost'), ('DAMAGED', 'Damaged on the way')], max_length=8, verbose_name='kind')),
                ('state', models.CharField(choices=[('open', 'To send'), ('sent', 'Sent'), ('paid', 'Paid'), ('refused', 'Refused'), ('lapsed', 'Too late'), ('withdrawn', 'Withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('carrier', models.CharField(max_length=40, verbose_name='carrier')),
                ('amount', models.DecimalField(decimal_places=4, max_digits=14, verbose_name='claimed')),
                ('paid_amount', models.DecimalField(decimal_places=4, default=0, max_digits=14, verbose_name='paid')),
                ('currency', models.CharField(max_length=3)),
                ('deadline_on', models.DateField(verbose_name='last day')),
                ('reference', models.CharField(blank=True, default='', max_length=80, verbose_name="carrier's reference")),
                ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='note')),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.CharField(max_length=64)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_claims', to='orders.order')),
                ('parcel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carrier_claims', to='shipping.parcel')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='returns.deliverycase')),
            ],
            options={
                'verbose_name': 'carrier claim',
                'verbose_name_plural': 'carrier claims',
                'indexes': [models.Index(fields=['state', 'deadline_on', 'id'], name='claim_by_deadline')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('parcel', 'kind'), name='carrierclaim_once_per_kind'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='carrierclaim_asks_for_money'), models.CheckConstraint(condition=models.Q(models.Q(('paid_amount__gt', 0), ('state', 'paid')), models.Q(models.Q(('state', 'paid'), _negated=True), ('paid_amount', 0)), _connector='OR'), name='carrierclaim_paid_has_an_amount'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='carrierclaim_sent_has_a_time')],
            },
        ),
    ]
