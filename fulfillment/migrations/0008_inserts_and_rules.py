import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0007_put_away_runs'),
        ('inventory', '0007_transfers_kits_and_refills'),
    ]

    operations = [
        migrations.CreateModel(
            name='InsertCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, default='', max_length=120, verbose_name='Chinese name')),
                ('kind', models.CharField(choices=[('coupon', 'Coupon'), ('promotion', 'Promotion'), ('new_product', 'New product'), ('sample', 'Sample')], max_length=12, verbose_name='kind')),
                ('brand', models.CharField(blank=True, default='', max_length=120, verbose_name='brand')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='language')),
                ('valid_from_on', models.DateField(verbose_name='first day')),
                ('valid_until_on', models.DateField(verbose_name='last day')),
                ('control_percent', models.PositiveSmallIntegerField(default=0, verbose_name='control group')),
                ('goal_days', models.PositiveSmallIntegerField(default=90, verbose_name='repeat order within')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], default='draft', max_length=8, verbose_name='state')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'insert campaign',
                'verbose_name_plural': 'insert campaigns',
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='insertcampaign_has_a_code'), models.CheckConstraint(condition=models.Q(('control_percent__lte', 50)), name='insertcampaign_control_at_most_half'), models.CheckConstraint(condition=models.Q(('goal_days__gte', 1), ('goal_days__lte', 730)), name='insertcampaign_goal_days'), models.CheckConstraint(condition=models.Q(('valid_until_on__gte', models.F('valid_from_on'))), name='insertcampaign_days_in_order')],
            },
        ),
        migrations.CreateModel(
            name='PackRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=32, verbose_name='code')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_zh', models.CharField(blank=True, default='', max_length=120, verbose_name='Chinese name')),
                ('condition', models.CharField(blank=True, default='', max_length=1000, verbose_name='condition')),
                ('effect', models.CharField(choices=[('add_insert', 'Add an insert'), ('use_packaging', 'Use this box or mailer'), ('add_gift_card', 'Add a gift card with the message'), ('add_tissue', 'Add tissue')], max_length=16, verbose_name='effect')),
                ('qty', models.PositiveSmallIntegerField(default=1, verbose_name='units')),
                ('priority', models.PositiveSmallIntegerField(default=50, verbose_name='priority')),
                ('on_oos', models.CharField(choices=[('skip', 'Skip it'), ('block', 'Hold the parcel'), ('alternate', 'Take the alternate')], default='skip', max_length=12, verbose_name='if missing')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('live', 'Live'), ('paused', 'Paused'), ('retired', 'Retired')], default='draft', max_length=8, verbose_name='state')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('published_by', models.CharField(blank=True, default='', max_length=64)),
                ('alternate_sku', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='alternate')),
                ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='fulfillment.insertcampaign', verbose_name='campaign')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU')),
            ],
            options={
                'verbose_name': 'packing rule',
                'verbose_name_plural': 'packing rules',
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='packrule_version_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('live', 'paused'))), fields=('code',), name='packrule_one_current'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('code',), name='packrule_one_draft'), models.CheckConstraint(condition=models.Q(('qty__gte', 1), ('qty__lte', 10)), name='packrule_qty_1_to_10'), models.CheckConstraint(condition=models.Q(models.Q(('alternate_sku__isnull', False), ('on_oos', 'alternate')), models.Q(models.Q(('on_oos', 'alternate'), _negated=True), ('alternate_sku__isnull', True)), _connector='OR'), name='packrule_alternate_has_a_sku'), models.CheckConstraint(condition=models.Q(('campaign__isnull', True), ('effect', 'add_insert'), _connector='OR'), name='packrule_campaign_is_of_an_insert')],
            },
        ),
        migrations.CreateModel(
            name='CartonExtra',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=32)),
                ('kind', models.CharField(choices=[('insert', 'Insert'), ('packaging', 'Box or mailer'), ('tissue', 'Tissue'), ('gift_card', 'Gift card')], max_length=12)),
                ('qty', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('planned', 'To add'), ('added', 'In the box'), ('skipped', 'Skipped')], default='planned', max_length=8)),
                ('reason', models.CharField(blank=True, default='', max_length=32)),
                ('why', models.JSONField(default=dict)),
                ('cost_amount', models.DecimalField(decimal_places=6, max_digits=18, null=True)),
                ('missing_qty', models.PositiveSmallIntegerField(default=0)),
                ('planned_at', models.DateTimeField()),
                ('added_at', models.DateTimeField(null=True)),
                ('added_by', models.CharField(blank=True, default='', max_length=64)),
                ('carton', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extras', to='fulfillment.carton')),
                ('sku', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='extras', to='fulfillment.insertcampaign')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extras', to='fulfillment.packrule')),
            ],
            options={
                'verbose_name': 'parcel extra',
                'verbose_name_plural': 'parcel extras',
                'indexes': [models.Index(condition=models.Q(('campaign__isnull', False)), fields=['campaign', 'state'], name='cartonextra_by_campaign')],
                'constraints': [models.UniqueConstraint(fields=('carton', 'rule_code'), name='cartonextra_rule_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'skipped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='cartonextra_skip_has_a_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'added'), _negated=True), ('added_at__isnull', False), _connector='OR'), name='cartonextra_added_has_a_time'), models.CheckConstraint(condition=models.Q(('qty__gte', 1)), name='cartonextra_qty_positive')],
            },
        ),
        migrations.CreateModel(
            name='RuleTrial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('orders_qty', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done')], default='running', max_length=8)),
                ('result', models.JSONField(default=dict)),
                ('started_at', models.DateTimeField()),
                ('started_by', models.CharField(max_length=64)),
                ('done_at', models.DateTimeField(null=True)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trials', to='fulfillment.packrule')),
            ],
            options={
                'verbose_name': 'dry run',
                'verbose_name_plural': 'dry runs',
                'constraints': [models.CheckConstraint(condition=models.Q(('orders_qty__gte', 1), ('orders_qty__lte', 2000)), name='ruletrial_orders_qty'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', False), _connector='OR'), name='ruletrial_done_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='CouponCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='code')),
                ('state', models.CharField(choices=[('free', 'Free'), ('assigned', 'In a parcel'), ('void', 'Void')], default='free', max_length=8, verbose_name='state')),
                ('assigned_at', models.DateTimeField(null=True)),
                ('extra', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coupon', to='fulfillment.cartonextra')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='coupons', to='fulfillment.insertcampaign')),
            ],
            options={
                'verbose_name': 'coupon code',
                'verbose_name_plural': 'coupon codes',
                'indexes': [models.Index(condition=models.Q(('state', 'free')), fields=['campaign', 'id'], name='couponcode_free')],
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='couponcode_has_a_code'), models.CheckConstraint(condition=models.Q(models.Q(('assigned_at__isnull', False), ('extra__isnull', False), ('state', 'assigned')), models.Q(models.Q(('state', 'assigned'), _negated=True), ('extra__isnull', True)), _connector='OR'), name='couponcode_assigned_to_a_parcel')],
            },
        ),
        migrations.CreateModel(
            name='CampaignAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_key', models.CharField(max_length=80)),
                ('arm', models.CharField(choices=[('treated', 'Gets it'), ('control', 'Control group')], max_length=8)),
                ('order_key', models.CharField(max_length=40)),
                ('assigned_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='fulfillment.insertcampaign')),
            ],
            options={
                'verbose_name': 'campaign assignment',
                'verbose_name_plural': 'campaign assignments',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'customer_key'), name='campaignassignment_one_arm')],
            },
        ),
    ]
