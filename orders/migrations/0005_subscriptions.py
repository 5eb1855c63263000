import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_customers'),
        ('inventory', '0004_leaner_indexes'),
        ('orders', '0004_promise_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='handling_days',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], default='active', max_length=8)),
                ('interval_unit', models.CharField(choices=[('day', 'days'), ('week', 'weeks'), ('month', 'months')], max_length=5)),
                ('interval_count', models.PositiveSmallIntegerField()),
                ('first_on', models.DateField()),
                ('next_on', models.DateField(null=True)),
                ('ends_on', models.DateField(null=True)),
                ('paused_until', models.DateField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('service_code', models.CharField(blank=True, default='', max_length=40)),
                ('ship_name', models.CharField(max_length=200)),
                ('ship_company', models.CharField(blank=True, default='', max_length=200)),
                ('ship_line1', models.CharField(max_length=255)),
                ('ship_line2', models.CharField(blank=True, default='', max_length=255)),
                ('ship_city', models.CharField(max_length=120)),
                ('ship_region', models.CharField(blank=True, default='', max_length=120)),
                ('ship_postcode', models.CharField(blank=True, default='', max_length=20)),
                ('ship_country', models.CharField(max_length=2)),
                ('ship_phone', models.CharField(blank=True, default='', max_length=40)),
                ('email', models.CharField(blank=True, default='', max_length=254)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=64)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.channel')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'active')), fields=['next_on', 'id'], name='subscription_due'), models.Index(fields=['state', 'next_on', 'id'], name='subscription_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('interval_count__gte', 1)), name='subscription_interval_positive'), models.CheckConstraint(condition=models.Q(('state__in', ('active', 'paused', 'ended'))), name='subscription_state_is_known'), models.CheckConstraint(condition=models.Q(('interval_unit__in', ('day', 'week', 'month'))), name='subscription_unit_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('next_on__isnull', True), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('next_on__isnull', False)), _connector='OR'), name='subscription_runs_until_it_ends'), models.CheckConstraint(condition=models.Q(('paused_until__isnull', True), ('state', 'paused'), _connector='OR'), name='subscription_pause_has_an_end_only_when_paused'), models.CheckConstraint(condition=models.Q(('next_on__isnull', True), ('next_on__gte', models.F('first_on')), _connector='OR'), name='subscription_next_not_before_first')],
            },
        ),
        migrations.CreateModel(
            name='SubscriptionLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.PositiveIntegerField()),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=14)),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='orders.subscription')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('subscription', 'sku'), name='subscriptionline_sku_once'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='subscriptionline_qty_positive'), models.CheckConstraint(condition=models.Q(('unit_price__gte', 0)), name='subscriptionline_price_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='SubscriptionRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('ordered', 'Ordered'), ('skipped', 'Skipped'), ('refused', 'Refused')], max_length=8)),
                ('problem', models.CharField(blank=True, default='', max_length=255)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=64)),
                ('order', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subscription_run', to='orders.order')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='orders.subscription')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'refused')), fields=['id'], name='subscriptionrun_refused')],
                'constraints': [models.UniqueConstraint(fields=('subscription', 'due_on'), name='subscriptionrun_once'), models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', False), ('state', 'ordered')), models.Q(('order__isnull', True), ('state__in', ('skipped', 'refused'))), _connector='OR'), name='subscriptionrun_ordered_has_an_order'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('problem', ''), _negated=True), _connector='OR'), name='subscriptionrun_refused_says_why')],
            },
        ),
    ]
