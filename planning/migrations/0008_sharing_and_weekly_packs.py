import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '__first__'),
        ('inventory', '0012_ended_pick_faces'),
        ('planning', '0007_proposals'),
        ('suppliers', '0008_portal_drafts_and_measures'),
    ]

    operations = [
        migrations.CreateModel(
            name='ForecastShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_on', models.DateField(verbose_name='week of')),
                ('way', models.CharField(choices=[('off', 'Nothing'), ('index', 'Index'), ('units', 'Rounded units')], max_length=8, verbose_name='shows')),
                ('rounding_qty', models.PositiveIntegerField(blank=True, null=True, verbose_name='rounded to (units)')),
                ('horizon_weeks', models.PositiveSmallIntegerField(verbose_name='weeks ahead')),
                ('sku_count', models.PositiveIntegerField(verbose_name='SKUs')),
                ('content', models.JSONField(verbose_name='content')),
                ('file_hash', models.CharField(max_length=64, verbose_name='fingerprint of the file')),
                ('author_key', models.CharField(max_length=64, verbose_name='shared by')),
                ('created_at', models.DateTimeField(verbose_name='shared at')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='acknowledged at')),
                ('acknowledged_name', models.CharField(blank=True, default='', max_length=120, verbose_name='acknowledged by')),
            ],
            options={
                'verbose_name': 'shared forecast',
                'verbose_name_plural': 'shared forecasts',
                'indexes': [models.Index(fields=['week_on', 'id'], name='forecastshare_weeks')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('rounding_qty__gte', 1), ('way', 'units')), models.Q(('rounding_qty__isnull', True), ('way', 'index')), _connector='OR'), name='forecastshare_way_is_known'), models.CheckConstraint(condition=models.Q(('horizon_weeks__gte', 1), ('sku_count__gte', 1)), name='forecastshare_shows_something'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_name', '')), models.Q(('acknowledged_at__isnull', False), models.Q(('acknowledged_name', ''), _negated=True)), _connector='OR'), name='forecastshare_acknowledged_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='ForecastShareEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mailed', 'Mailed to'), ('opened', 'Page opened by'), ('downloaded', 'File taken by'), ('acknowledged', 'Acknowledged by')], max_length=16, verbose_name='what')),
                ('who_key', models.CharField(max_length=64, verbose_name='who')),
                ('at', models.DateTimeField(verbose_name='at')),
            ],
            options={
                'verbose_name': 'entry of the log of sharing',
                'verbose_name_plural': 'log of sharing',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('mailed', 'opened', 'downloaded', 'acknowledged'))), name='forecastshareevent_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ForecastTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('off', 'Nothing'), ('index', 'Index'), ('units', 'Rounded units')], max_length=8, verbose_name='shows')),
                ('rounding_qty', models.PositiveIntegerField(default=10, verbose_name='rounded to (units)')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('author_key', models.CharField(max_length=64, verbose_name='entered by')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'terms of a shared forecast',
                'verbose_name_plural': 'terms of shared forecasts',
                'constraints': [models.CheckConstraint(condition=models.Q(('way__in', ('off', 'index', 'units'))), name='forecastterm_way_is_known'), models.CheckConstraint(condition=models.Q(('rounding_qty__gte', 1), ('rounding_qty__lte', 10000)), name='forecastterm_rounding_in_range'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='forecastterm_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='PackItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('forecast_qty', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='forecast')),
                ('actual_qty', models.PositiveIntegerField(verbose_name='sold')),
                ('value_amount', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='value')),
                ('cause', models.CharField(choices=[('STOCKOUT', 'Out of stock'), ('PROMOTION', 'Promotion'), ('EVENT', 'Marked event or season'), ('ODD_DAY', 'Odd days'), ('OVERRIDE', "A person's forecast"), ('NEW_PRODUCT', 'New product'), ('TREND', 'Same direction for weeks'), ('UNEXPLAINED', 'No cause found')], max_length=16, verbose_name='cause')),
                ('terms', models.JSONField(default=dict, verbose_name='terms')),
                ('decision', models.CharField(blank=True, choices=[('OVERRIDE_FORECAST', 'Override the forecast'), ('MARK_EVENT', 'Mark an event'), ('CHANGE_POLICY', 'Change the policy'), ('CHANGE_ORDERS', 'Change open orders'), ('WATCH', 'Watch for another week'), ('NO_ACTION', 'Do nothing')], default='', max_length=20, verbose_name='decision')),
                ('reason', models.CharField(blank=True, default='', max_length=400, verbose_name='reason')),
                ('decided_by', models.CharField(blank=True, default='', max_length=64, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'verbose_name': 'deviation of a weekly pack',
                'verbose_name_plural': 'deviations of weekly packs',
                'constraints': [models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 3)), name='packitem_among_the_largest'), models.CheckConstraint(condition=models.Q(('forecast_qty__gte', 0), ('value_amount__gt', 0)), name='packitem_in_range'), models.CheckConstraint(condition=models.Q(('cause__in', ('STOCKOUT', 'PROMOTION', 'EVENT', 'ODD_DAY', 'OVERRIDE', 'NEW_PRODUCT', 'TREND', 'UNEXPLAINED'))), name='packitem_cause_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ReportSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report', models.CharField(max_length=12, verbose_name='report')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='weekday')),
                ('next_on', models.DateField(db_index=True, verbose_name='next mail on')),
                ('created_at', models.DateTimeField(verbose_name='created at')),
            ],
            options={
                'verbose_name': 'report by mail',
                'verbose_name_plural': 'reports by mail',
                'constraints': [models.CheckConstraint(condition=models.Q(('report__in', ('stock', 'expiry', 'service', 'accuracy', 'expedite', 'returns', 'inserts'))), name='reportschedule_report_is_known'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='reportschedule_weekday_in_range')],
            },
        ),
        migrations.CreateModel(
            name='WeeklyPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_on', models.DateField(unique=True, verbose_name='meeting of')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('figures', models.JSONField(default=dict, verbose_name='figures')),
                ('created_at', models.DateTimeField(verbose_name='computed at')),
            ],
            options={
                'verbose_name': 'weekly pack',
                'verbose_name_plural': 'weekly packs',
                'constraints': [models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='weeklypack_currency_is_iso')],
            },
        ),
        migrations.AddIndex(
            model_name='productrepurchase',
            index=models.Index(fields=['run', 'expected_on', 'id'], name='productrepurchase_days'),
        ),
        migrations.AddIndex(
            model_name='productrepurchase',
            index=models.Index(fields=['run', 'chance', 'id'], name='productrepurchase_chances'),
        ),
        migrations.AddField(
            model_name='forecastshare',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.forecastrun'),
        ),
        migrations.AddField(
            model_name='forecastshare',
            name='supplier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier', verbose_name='supplier'),
        ),
        migrations.AddField(
            model_name='forecastshareevent',
            name='share',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='planning.forecastshare'),
        ),
        migrations.AddField(
            model_name='forecastterm',
            name='agreement',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.agreement', verbose_name='agreement'),
        ),
        migrations.AddField(
            model_name='forecastterm',
            name='supplier',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.supplier'),
        ),
        migrations.AddField(
            model_name='packitem',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='packitem',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.sku'),
        ),
        migrations.AddField(
            model_name='packitem',
            name='warehouse',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='inventory.warehouse'),
        ),
        migrations.AddField(
            model_name='reportschedule',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='weeklypack',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='planning.forecastrun'),
        ),
        migrations.AddField(
            model_name='packitem',
            name='pack',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='planning.weeklypack'),
        ),
        migrations.AddConstraint(
            model_name='forecastshare',
            constraint=models.UniqueConstraint(fields=('supplier', 'week_on'), name='forecastshare_once_a_week'),
        ),
        migrations.AddConstraint(
            model_name='forecastshareevent',
            constraint=models.UniqueConstraint(fields=('share', 'kind', 'who_key'), name='forecastshareevent_once'),
        ),
        migrations.AddConstraint(
            model_name='reportschedule',
            constraint=models.UniqueConstraint(fields=('user', 'report'), name='reportschedule_once'),
        ),
        migrations.AddConstraint(
            model_name='packitem',
            constraint=models.UniqueConstraint(fields=('pack', 'position'), name='packitem_rank_once'),
        ),
        migrations.AddConstraint(
            model_name='packitem',
            constraint=models.UniqueConstraint(fields=('pack', 'sku', 'warehouse'), name='packitem_once'),
        ),
        migrations.AddConstraint(
            model_name='packitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('decision', ''), ('reason', '')), models.Q(('decided_at__isnull', False), ('decision__in', ('OVERRIDE_FORECAST', 'MARK_EVENT', 'CHANGE_POLICY', 'CHANGE_ORDERS', 'WATCH', 'NO_ACTION')), ('owner__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='packitem_decision_is_whole'),
        ),
    ]
