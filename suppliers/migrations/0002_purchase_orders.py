import django.db.models.deletion
import django.db.models.functions.comparison
from decimal import Decimal
from django.db import migrations, models

from core.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0009_substitutes'),
        ('suppliers', '0001_arrivals'),
    ]

    operations = [
        migrations.CreateModel(
            name='PurchaseLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(verbose_name='position')),
                ('raw_need_qty', models.PositiveIntegerField(verbose_name='needed')),
                ('qty', models.PositiveIntegerField(verbose_name='ordered')),
                ('moq_qty', models.PositiveIntegerField(default=1, verbose_name='least order')),
                ('multiple_qty', models.PositiveIntegerField(default=1, verbose_name='pack')),
                ('unit_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='unit price')),
                ('quoted_price', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='quoted price')),
                ('price_source', models.CharField(max_length=24, verbose_name='price source')),
                ('price_trace', models.JSONField(default=dict)),
                ('off_agreement_reason', models.CharField(blank=True, default='', max_length=200, verbose_name='reason for the price')),
                ('confirmed_qty', models.PositiveIntegerField(blank=True, null=True, verbose_name='confirmed')),
                ('confirmed_on', models.DateField(blank=True, null=True, verbose_name='confirmed for')),
                ('shipped_qty', models.PositiveIntegerField(default=0, verbose_name='shipped')),
                ('received_qty', models.PositiveIntegerField(default=0, verbose_name='received')),
                ('short_qty', models.PositiveIntegerField(default=0, verbose_name='short')),
                ('invoiced_qty', models.PositiveIntegerField(default=0, verbose_name='invoiced')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'purchase line',
                'verbose_name_plural': 'purchase lines',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gte', 1), ('qty__lte', 1000000000)), name='purchaseline_orders_units'), models.CheckConstraint(condition=models.Q(('raw_need_qty__lte', 1000000000)), name='purchaseline_need_in_range'), models.CheckConstraint(condition=models.Q(('moq_qty__gte', 1), ('multiple_qty__gte', 1)), name='purchaseline_packs_units'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='purchaseline_price_is_not_negative'), models.CheckConstraint(condition=models.Q(('short_qty__lte', models.F('qty'))), name='purchaseline_short_is_of_the_order')],
            },
        ),
        migrations.AddField(
            model_name='asnline',
            name='purchase_line',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrival_lines', to='suppliers.purchaseline', verbose_name='purchase line'),
        ),
        migrations.CreateModel(
            name='PurchaseOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='purchase order')),
                ('revision', models.PositiveIntegerField(default=1, verbose_name='revision')),
                ('mode', models.CharField(choices=[('air', 'Air'), ('sea', 'Sea'), ('rail', 'Rail'), ('express', 'Express')], default='sea', max_length=8, verbose_name='transport')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('fx_rate', models.DecimalField(blank=True, decimal_places=8, max_digits=18, null=True, verbose_name='exchange rate')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('pending', 'To approve'), ('approved', 'Approved'), ('sent', 'Sent'), ('confirmed', 'Confirmed'), ('partly_received', 'Partly received'), ('received', 'Received'), ('closed', 'Closed'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled')], default='draft', max_length=16, verbose_name='state')),
                ('required_by', models.DateField(blank=True, null=True, verbose_name='wanted by')),
                ('expected_on', models.DateField(blank=True, null=True, verbose_name='expected on')),
                ('due_on', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('expected_on', 'required_by'), output_field=models.DateField(null=True))),
                ('reason', models.CharField(blank=True, default='', max_length=400, verbose_name='why it is needed')),
                ('note', models.CharField(blank=True, default='', max_length=400, verbose_name='note to the supplier')),
                ('total_amount', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=18, verbose_name='total')),
                ('total_base_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='total in the base currency')),
                ('is_off_agreement', models.BooleanField(default=False, verbose_name='prices off the agreement')),
                ('is_system', models.BooleanField(default=False, verbose_name='drafted by the system')),
                ('source_key', models.CharField(blank=True, default='', max_length=120)),
                ('version', models.PositiveIntegerField(default=1)),
                ('approval_hash', models.CharField(blank=True, default='', max_length=64)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.CharField(max_length=64, verbose_name='created by')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('submitted_by', models.CharField(blank=True, default='', max_length=64, verbose_name='submitted by')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('approved_by', models.CharField(blank=True, default='', max_length=64, verbose_name='approved by')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('sent_revision', models.PositiveIntegerField(blank=True, null=True, verbose_name='sent revision')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('close_reason', models.CharField(blank=True, default='', max_length=32, verbose_name='reason')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchase_orders', to='suppliers.supplier', verbose_name='supplier')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse', verbose_name='warehouse')),
            ],
            options={
                'verbose_name': 'purchase order',
                'verbose_name_plural': 'purchase orders',
                'indexes': [models.Index(fields=['state', 'id'], name='purchaseorder_by_state'), models.Index(fields=['supplier', 'id'], name='purchaseorder_by_supplier'), models.Index(condition=models.Q(('state__in', ('sent', 'confirmed', 'partly_received'))), fields=['due_on', 'id'], name='purchaseorder_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'pending', 'approved', 'sent', 'confirmed', 'partly_received', 'received', 'closed', 'rejected', 'cancelled'))), name='purchaseorder_state_is_known'), models.CheckConstraint(condition=models.Q(('mode__in', ('air', 'sea', 'rail', 'express'))), name='purchaseorder_mode_is_known'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='purchaseorder_currency_is_iso'), models.CheckConstraint(condition=models.Q(('revision__gte', 1), ('version__gte', 1)), name='purchaseorder_counts_from_one'), models.CheckConstraint(condition=models.Q(('fx_rate__isnull', True), ('fx_rate__gt', 0), _connector='OR'), name='purchaseorder_rate_is_positive'), models.CheckConstraint(condition=models.Q(('total_amount__gte', 0), models.Q(('total_base_amount__isnull', True), ('total_base_amount__gte', 0), _connector='OR')), name='purchaseorder_total_is_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('pending', 'approved', 'sent', 'confirmed', 'partly_received', 'received')), _negated=True), models.Q(('fx_rate__isnull', False), ('submitted_at__isnull', False), ('total_base_amount__isnull', False)), _connector='OR'), name='purchaseorder_submitted_has_a_rate'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('approved', 'sent', 'confirmed', 'partly_received', 'received')), _negated=True), models.Q(('approved_at__isnull', False), models.Q(('approval_hash', ''), _negated=True)), _connector='OR'), name='purchaseorder_approved_has_a_hash'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('sent', 'confirmed', 'partly_received')), _negated=True), models.Q(('sent_at__isnull', False), ('sent_revision', models.F('revision'))), _connector='OR'), name='purchaseorder_sent_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('closed', 'cancelled'))), models.Q(models.Q(('state__in', ('closed', 'cancelled')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='purchaseorder_closed_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('close_reason', ''), _negated=True), _connector='OR'), name='purchaseorder_cancelled_has_a_reason'), models.CheckConstraint(condition=models.Q(('is_system', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='purchaseorder_system_draft_says_why'), models.UniqueConstraint(condition=models.Q(('source_key', ''), _negated=True), fields=('source_key',), name='purchaseorder_once_per_source')],
            },
        ),
        migrations.AddField(
            model_name='purchaseline',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='suppliers.purchaseorder', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='asn',
            name='purchase_order',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='suppliers.purchaseorder', verbose_name='purchase order'),
        ),
        migrations.CreateModel(
            name='PurchaseRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(verbose_name='revision')),
                ('snapshot', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('change', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, default='', max_length=200, verbose_name='reason')),
                ('is_carried_over', models.BooleanField(default=False, verbose_name='approval carried over')),
                ('made_by', models.CharField(max_length=64, verbose_name='made by')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='suppliers.purchaseorder', verbose_name='order')),
            ],
            options={
                'verbose_name': 'revision of a purchase order',
                'verbose_name_plural': 'revisions of purchase orders',
                'constraints': [models.UniqueConstraint(fields=('order', 'revision'), name='purchaserevision_once'), models.CheckConstraint(condition=models.Q(('content_hash__regex', '^[0-9a-f]{64}$')), name='purchaserevision_hash_is_sha256')],
            },
        ),
        migrations.AddIndex(
            model_name='purchaseline',
            index=models.Index(fields=['sku', 'order'], name='purchaseline_sku'),
        ),
        migrations.AddConstraint(
            model_name='purchaseline',
            constraint=models.UniqueConstraint(fields=('order', 'sku'), name='purchaseline_sku_once'),
        ),
        migrations.AddConstraint(
            model_name='purchaseline',
            constraint=models.UniqueConstraint(fields=('order', 'position'), name='purchaseline_position'),
        ),
        append_only("suppliers_purchaserevision"),
    ]
