import core.models.people
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '__first__'),
        ('inventory', '0012_ended_pick_faces'),
        ('planning', '0009_forecast_care'),
        ('suppliers', '0008_portal_drafts_and_measures'),
    ]

    operations = [
        migrations.CreateModel(
            name='AlertRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('low_cover', 'Low cover'), ('order_due', 'Order due'), ('overstock', 'Overstock'), ('expiry', 'Expiry risk'), ('late_inbound', 'Late inbound'), ('demand_pace', 'Demand ahead of plan'), ('forecast_miss', 'Forecast missed'), ('dead_stock', 'Dead stock'), ('returns_spike', 'Returns spike'), ('insert_stock', 'Insert stock')], max_length=16, verbose_name='watches')),
                ('category', models.CharField(blank=True, default='', max_length=120, verbose_name='category')),
                ('least_band', models.CharField(blank=True, default='', max_length=8, verbose_name='from color')),
                ('notice_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='suggestion limit')),
                ('warn_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='warning limit')),
                ('critical_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='critical limit')),
                ('least_units', models.PositiveIntegerField(default=0, verbose_name='least units')),
                ('least_amount', models.DecimalField(decimal_places=4, default=0, max_digits=18, verbose_name='least money at risk')),
                ('in_app', models.BooleanField(default=True, verbose_name='tell inside Quayside')),
                ('by_mail', models.BooleanField(default=True, verbose_name='in the daily mail')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('quiet_zone', models.CharField(default='UTC', max_length=64, validators=[core.models.people.check_time_zone], verbose_name='time zone')),
                ('is_paused', models.BooleanField(default=False, verbose_name='paused')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.CharField(max_length=64, verbose_name='created by')),
                ('version', models.PositiveIntegerField(default=1)),
                ('warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.warehouse', verbose_name='warehouse')),
            ],
            options={
                'verbose_name': 'alert rule',
                'verbose_name_plural': 'alert rules',
                'constraints': [models.UniqueConstraint(condition=models.Q(('warehouse__isnull', False)), fields=('kind', 'warehouse', 'category'), name='alertrule_once_per_warehouse'), models.UniqueConstraint(condition=models.Q(('warehouse__isnull', True)), fields=('kind', 'category'), name='alertrule_once_for_all'), models.CheckConstraint(condition=models.Q(('kind__in', ('low_cover', 'order_due', 'overstock', 'expiry', 'late_inbound', 'demand_pace', 'forecast_miss', 'dead_stock', 'returns_spike', 'insert_stock'))), name='alertrule_kind_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'low_cover'), ('least_band__in', ('red', 'yellow'))), models.Q(models.Q(('kind', 'low_cover'), _negated=True), ('least_band', '')), _connector='OR'), name='alertrule_band_of_cover_only'), models.CheckConstraint(condition=models.Q(('kind', 'low_cover'), ('warn_limit__isnull', False), ('critical_limit__isnull', False), _connector='OR'), name='alertrule_can_fire'), models.CheckConstraint(condition=models.Q(('warn_limit__isnull', True), ('critical_limit__isnull', True), models.Q(('critical_limit__gte', models.F('warn_limit')), ('kind__in', ('overstock', 'late_inbound', 'demand_pace', 'forecast_miss', 'dead_stock', 'returns_spike'))), models.Q(('critical_limit__lte', models.F('warn_limit')), ('kind__in', ('order_due', 'expiry', 'insert_stock'))), _connector='OR'), name='alertrule_critical_is_graver'), models.CheckConstraint(condition=models.Q(('least_amount__gte', 0)), name='alertrule_amount_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False), models.Q(('quiet_from', models.F('quiet_until')), _negated=True)), _connector='OR'), name='alertrule_quiet_has_two_ends')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('low_cover', 'Low cover'), ('order_due', 'Order due'), ('overstock', 'Overstock'), ('expiry', 'Expiry risk'), ('late_inbound', 'Late inbound'), ('demand_pace', 'Demand ahead of plan'), ('forecast_miss', 'Forecast missed'), ('dead_stock', 'Dead stock'), ('returns_spike', 'Returns spike'), ('insert_stock', 'Insert stock')], max_length=16, verbose_name='about')),
                ('dedupe_key', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('open', 'Open'), ('acknowledged', 'Acknowledged'), ('snoozed', 'Snoozed'), ('resolved', 'Resolved'), ('dismissed', 'Dismissed')], default='open', max_length=12, verbose_name='state')),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'Suggestion'), (2, 'High'), (3, 'Critical')], verbose_name='severity')),
                ('reason', models.CharField(max_length=32, verbose_name='reason')),
                ('terms', models.JSONField(default=dict, verbose_name='numbers')),
                ('suggestion', models.JSONField(default=dict, verbose_name='suggestion')),
                ('risk_amount', models.DecimalField(decimal_places=4, default=0, max_digits=18, verbose_name='money at risk')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                ('raised_at', models.DateTimeField(verbose_name='raised')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('snoozed_until', models.DateTimeField(blank=True, null=True, verbose_name='snoozed until')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='told at')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='escalated at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('close_reason', models.CharField(blank=True, default='', max_length=16, verbose_name='closed because')),
                ('cleared_at', models.DateTimeField(blank=True, null=True, verbose_name='cleared at')),
                ('version', models.PositiveIntegerField(default=1)),
                ('asn', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.asn', verbose_name='arrival')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.lot', verbose_name='lot')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('purchase_order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suppliers.purchaseorder', verbose_name='purchase order')),
                ('sku', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.sku', verbose_name='SKU')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.warehouse', verbose_name='warehouse')),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='alerts', to='planning.alertrule', verbose_name='rule')),
            ],
            options={
                'verbose_name': 'alert',
                'verbose_name_plural': 'alerts',
                'indexes': [models.Index(fields=['state', 'severity', 'id'], name='alert_by_state'), models.Index(fields=['severity', 'id'], name='alert_by_severity'), models.Index(fields=['risk_amount', 'id'], name='alert_by_risk'), models.Index(fields=['raised_at', 'id'], name='alert_by_age'), models.Index(condition=models.Q(('cleared_at__isnull', True), ('state', 'dismissed')), fields=['dedupe_key'], name='alert_kept_quiet')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'acknowledged', 'snoozed'))), fields=('dedupe_key',), name='alert_one_active'), models.CheckConstraint(condition=models.Q(('kind__in', ('low_cover', 'order_due', 'overstock', 'expiry', 'late_inbound', 'demand_pace', 'forecast_miss', 'dead_stock', 'returns_spike', 'insert_stock'))), name='alert_kind_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ('open', 'acknowledged', 'snoozed', 'resolved', 'dismissed'))), name='alert_state_is_known'), models.CheckConstraint(condition=models.Q(('severity__gte', 1), ('severity__lte', 3)), name='alert_severity_is_known'), models.CheckConstraint(condition=models.Q(('risk_amount__gte', 0)), name='alert_risk_not_negative'), models.CheckConstraint(condition=models.Q(models.Q(('snoozed_until__isnull', False), ('state', 'snoozed')), models.Q(models.Q(('state', 'snoozed'), _negated=True), ('snoozed_until__isnull', True)), _connector='OR'), name='alert_snoozed_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('resolved', 'dismissed'))), models.Q(('closed_at__isnull', True), ('state__in', ('open', 'acknowledged', 'snoozed'))), _connector='OR'), name='alert_closed_has_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), ('close_reason__in', ('HANDLED', 'EXPECTED', 'WRONG_DATA', 'TOO_NOISY', 'OTHER')), _connector='OR'), name='alert_dismissed_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'resolved'), _negated=True), ('cleared_at__isnull', False), _connector='OR'), name='alert_resolved_has_cleared')],
            },
        ),
    ]
