import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0010_approvals'),
        ('inventory', '0009_substitutes'),
        ('suppliers', '0002_purchase_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, verbose_name='agreement')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='version')),
                ('title', models.CharField(blank=True, default='', max_length=120, verbose_name='title')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('pending_approval', 'To approve'), ('active', 'Active'), ('suspended', 'Suspended'), ('expired', 'Expired'), ('terminated', 'Ended')], default='draft', max_length=16, verbose_name='state')),
                ('is_current', models.BooleanField(default=False, verbose_name='current version')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('incoterm', models.CharField(blank=True, default='', max_length=3, verbose_name='incoterm')),
                ('stacks', models.BooleanField(default=False, verbose_name='urgent orders keep the agreed price')),
                ('cap_amount', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='cap (amount)')),
                ('cap_qty', models.PositiveIntegerField(blank=True, null=True, verbose_name='cap (units)')),
                ('clauses', models.TextField(blank=True, default='', verbose_name='clauses')),
                ('signed_by', models.CharField(blank=True, max_length=120, verbose_name='accepted for the supplier by')),
                ('signed_on', models.DateField(blank=True, null=True, verbose_name='accepted on')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.CharField(max_length=64, verbose_name='created by')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='submitted at')),
                ('submitted_by', models.CharField(blank=True, default='', max_length=64, verbose_name='submitted by')),
                ('approved_at', models.DateTimeField(blank=True, null=True, verbose_name='approved at')),
                ('approved_by', models.CharField(blank=True, default='', max_length=64, verbose_name='approved by')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('end_reason', models.CharField(blank=True, default='', max_length=200, verbose_name='reason')),
                ('notified_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'agreement',
                'verbose_name_plural': 'agreements',
                'indexes': [models.Index(condition=models.Q(('state__in', ('active', 'suspended'))), fields=['valid_until', 'id'], name='agreement_ends')],
                'constraints': [models.UniqueConstraint(fields=('number', 'version'), name='agreement_version_once'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('number',), name='agreement_one_current_version'), models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'pending_approval'))), fields=('number',), name='agreement_one_version_in_work'), models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'pending_approval', 'active', 'suspended', 'expired', 'terminated'))), name='agreement_state_is_known'), models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('valid_from'))), name='agreement_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='agreement_currency_is_a_code'), models.CheckConstraint(condition=models.Q(('incoterm', ''), ('incoterm__in', ('EXW', 'FCA', 'FAS', 'FOB', 'CFR', 'CIF', 'CPT', 'CIP', 'DAP', 'DPU', 'DDP')), _connector='OR'), name='agreement_incoterm_is_known'), models.CheckConstraint(condition=models.Q(('cap_amount__isnull', True), ('cap_amount__gt', 0), _connector='OR'), name='agreement_cap_amount_above_zero'), models.CheckConstraint(condition=models.Q(('cap_qty__isnull', True), ('cap_qty__gte', 1), _connector='OR'), name='agreement_cap_qty_above_zero'), models.CheckConstraint(condition=models.Q(('approved_by', ''), models.Q(models.Q(('approved_by', models.F('created_by')), _negated=True), models.Q(('approved_by', models.F('submitted_by')), _negated=True)), _connector='OR'), name='agreement_approved_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('active', 'suspended', 'expired')), _negated=True), models.Q(models.Q(('approved_by', ''), _negated=True), ('approved_at__isnull', False)), _connector='OR'), name='agreement_in_force_was_approved'), models.CheckConstraint(condition=models.Q(('is_current', False), models.Q(('state__in', ('draft', 'pending_approval')), _negated=True), _connector='OR'), name='agreement_current_was_approved'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ('expired', 'terminated'))), models.Q(('ended_at__isnull', True), ('state__in', ('draft', 'pending_approval', 'active', 'suspended'))), _connector='OR'), name='agreement_end_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='AgreementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('min_qty', models.PositiveIntegerField(default=1, verbose_name='from units')),
                ('unit_price', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True, verbose_name='unit price')),
            ],
            options={
                'verbose_name': 'agreement line',
                'verbose_name_plural': 'agreement lines',
                'constraints': [models.CheckConstraint(condition=models.Q(('unit_price__isnull', True), ('unit_price__gt', 0), _connector='OR'), name='agreementline_price_above_zero'), models.CheckConstraint(condition=models.Q(('min_qty__gte', 1), ('min_qty__lte', 1000000000)), name='agreementline_break_in_range')],
            },
        ),
        migrations.CreateModel(
            name='CallOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('planned_on', models.DateField(verbose_name='planned on')),
                ('qty', models.PositiveIntegerField(verbose_name='units')),
            ],
            options={
                'verbose_name': 'call-off',
                'verbose_name_plural': 'call-offs',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gte', 1), ('qty__lte', 1000000000)), name='calloff_has_units')],
            },
        ),
        migrations.CreateModel(
            name='ListPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('min_qty', models.PositiveIntegerField(verbose_name='from units')),
                ('unit_price', models.DecimalField(decimal_places=6, max_digits=18, verbose_name='unit price')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'list price',
                'verbose_name_plural': 'list prices',
                'constraints': [models.CheckConstraint(condition=models.Q(('unit_price__gt', 0)), name='listprice_above_zero'), models.CheckConstraint(condition=models.Q(('min_qty__gte', 1), ('min_qty__lte', 1000000000)), name='listprice_break_in_range'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='listprice_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='SupplierContact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('role', models.CharField(blank=True, default='', max_length=60, verbose_name='role')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', 'Simplified Chinese')], default='en', max_length=8, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='suppliercontact_has_a_name'), models.CheckConstraint(condition=models.Q(models.Q(('email', ''), _negated=True), models.Q(('phone', ''), _negated=True), _connector='OR'), name='suppliercontact_can_be_reached'), models.CheckConstraint(condition=models.Q(('language__in', ('en', 'zh-hans'))), name='suppliercontact_language_is_known')],
            },
        ),
        migrations.CreateModel(
            name='SupplierDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('certificate', 'Certificate'), ('contract', 'Contract'), ('test_report', 'Test report'), ('license', 'License'), ('insurance', 'Insurance'), ('other', 'Other')], max_length=12, verbose_name='kind')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by', models.CharField(max_length=64, verbose_name='added by')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
            ],
            options={
                'verbose_name': 'supplier document',
                'verbose_name_plural': 'supplier documents',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('certificate', 'contract', 'test_report', 'license', 'insurance', 'other'))), name='supplierdocument_kind_is_known'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='supplierdocument_has_a_title')],
            },
        ),
        migrations.CreateModel(
            name='SupplierLeadTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('air', 'Air'), ('sea', 'Sea'), ('rail', 'Rail'), ('express', 'Express')], max_length=8, verbose_name='mode')),
                ('agreed_days', models.PositiveSmallIntegerField(verbose_name='agreed days')),
            ],
            options={
                'verbose_name': 'lead time',
                'verbose_name_plural': 'lead times',
                'constraints': [models.CheckConstraint(condition=models.Q(('mode__in', ('air', 'sea', 'rail', 'express'))), name='supplierleadtime_mode_is_known'), models.CheckConstraint(condition=models.Q(('agreed_days__gte', 1), ('agreed_days__lte', 730)), name='supplierleadtime_days_in_range')],
            },
        ),
        migrations.CreateModel(
            name='SupplierSku',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier_code', models.CharField(blank=True, default='', max_length=64, verbose_name="supplier's code")),
                ('moq_qty', models.PositiveIntegerField(default=1, verbose_name='least order (units)')),
                ('multiple_qty', models.PositiveIntegerField(default=1, verbose_name='pack (units)')),
                ('lead_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='lead time (days)')),
                ('rank', models.PositiveSmallIntegerField(default=1, verbose_name='rank')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': "supplier's SKU",
                'verbose_name_plural': "supplier's SKUs",
                'constraints': [models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='suppliersku_rank_from_one'), models.CheckConstraint(condition=models.Q(('moq_qty__gte', 1), ('moq_qty__lte', 1000000000)), name='suppliersku_moq_in_range'), models.CheckConstraint(condition=models.Q(('multiple_qty__gte', 1), ('multiple_qty__lte', 1000000000)), name='suppliersku_multiple_in_range'), models.CheckConstraint(condition=models.Q(('lead_days__isnull', True), models.Q(('lead_days__gte', 1), ('lead_days__lte', 730)), _connector='OR'), name='suppliersku_lead_in_range'), models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='suppliersku_currency_is_a_code')],
            },
        ),
        migrations.AddField(
            model_name='supplier',
            name='country',
            field=models.CharField(blank=True, default='', max_length=2, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='supplier',
            name='currency',
            field=models.CharField(blank=True, default='', max_length=3, verbose_name='currency'),
        ),
        migrations.AddField(
            model_name='supplier',
            name='deposit_pct',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name='deposit (%)'),
        ),
        migrations.AddField(
            model_name='supplier',
            name='incoterm',
            field=models.CharField(blank=True, default='', max_length=3, verbose_name='incoterm'),
        ),
        migrations.AddField(
            model_name='supplier',
            name='payment_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='payment (days)'),
        ),
        migrations.AddField(
            model_name='supplier',
            name='risk',
            field=models.CharField(choices=[('low', 'Low'), ('medium', 'Medium'), ('high', 'High')], default='medium', max_length=8, verbose_name='risk'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('country', ''), ('country__regex', '^[A-Z]{2}$'), _connector='OR'), name='supplier_country_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('currency', ''), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), name='supplier_currency_is_a_code'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('incoterm', ''), ('incoterm__in', ('EXW', 'FCA', 'FAS', 'FOB', 'CFR', 'CIF', 'CPT', 'CIP', 'DAP', 'DPU', 'DDP')), _connector='OR'), name='supplier_incoterm_is_known'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('payment_days__isnull', True), ('payment_days__lte', 365), _connector='OR'), name='supplier_payment_days_in_range'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('deposit_pct__isnull', True), models.Q(('deposit_pct__gte', 0), ('deposit_pct__lte', 100)), _connector='OR'), name='supplier_deposit_in_range'),
        ),
        migrations.AddConstraint(
            model_name='supplier',
            constraint=models.CheckConstraint(condition=models.Q(('risk__in', ('low', 'medium', 'high'))), name='supplier_risk_is_known'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='previous',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='next', to='suppliers.agreement'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='agreementline',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='suppliers.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='agreementline',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='calloff',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_offs', to='suppliers.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='calloff',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='suppliercontact',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='supplierdocument',
            name='document',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='file'),
        ),
        migrations.AddField(
            model_name='supplierdocument',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='supplierleadtime',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lead_times', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='suppliersku',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='suppliersku',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goods', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='listprice',
            name='supplier_sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='suppliers.suppliersku', verbose_name='SKU'),
        ),
        migrations.AddIndex(
            model_name='agreement',
            index=models.Index(fields=['supplier', 'state', 'id'], name='agreement_by_supplier'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('previous__isnull', True), ('version', 1)), models.Q(('previous__isnull', False), ('version__gte', 2)), _connector='OR'), name='agreement_later_version_has_a_previous'),
        ),
        migrations.AddIndex(
            model_name='agreementline',
            index=models.Index(fields=['sku', 'agreement'], name='agreementline_sku'),
        ),
        migrations.AddConstraint(
            model_name='agreementline',
            constraint=models.UniqueConstraint(fields=('agreement', 'sku', 'min_qty'), name='agreementline_break_once'),
        ),
        migrations.AddConstraint(
            model_name='calloff',
            constraint=models.UniqueConstraint(fields=('agreement', 'sku', 'planned_on'), name='calloff_day_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliercontact',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('email', ''), _negated=True), ('is_active', True)), fields=('supplier', 'email'), name='suppliercontact_email_once'),
        ),
        migrations.AddIndex(
            model_name='supplierdocument',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['valid_until', 'supplier'], name='supplierdocument_ends'),
        ),
        migrations.AddConstraint(
            model_name='supplierleadtime',
            constraint=models.UniqueConstraint(fields=('supplier', 'mode'), name='supplierleadtime_mode_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliersku',
            constraint=models.UniqueConstraint(fields=('supplier', 'sku'), name='suppliersku_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliersku',
            constraint=models.UniqueConstraint(fields=('sku', 'rank'), name='suppliersku_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='suppliersku',
            constraint=models.UniqueConstraint(condition=models.Q(('supplier_code', ''), _negated=True), fields=('supplier', 'supplier_code'), name='suppliersku_code_once'),
        ),
        migrations.AddConstraint(
            model_name='listprice',
            constraint=models.UniqueConstraint(fields=('supplier_sku', 'valid_from', 'min_qty'), name='listprice_break_once'),
        ),
    ]
