import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0011_mail_attachments'),
        ('inventory', '0010_landed_costs'),
    ]

    operations = [
        migrations.CreateModel(
            name='LotExtension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_on', models.DateField(verbose_name='expires on')),
                ('to_on', models.DateField(verbose_name='new last day')),
                ('reason', models.CharField(choices=[('MAKER_CONFIRMED', 'The maker confirmed a later date'), ('LAB_TESTED', 'A laboratory tested the lot'), ('LABEL_WRONG', 'The date was recorded wrongly')], max_length=16, verbose_name='reason')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='note')),
                ('state', models.CharField(choices=[('waiting', 'to approve'), ('approved', 'approved'), ('refused', 'refused')], default='waiting', max_length=10, verbose_name='state')),
                ('requested_at', models.DateTimeField(verbose_name='requested at')),
                ('requested_by', models.CharField(max_length=64, verbose_name='requested by')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decided_by', models.CharField(blank=True, default='', max_length=64, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'expiry extension',
                'verbose_name_plural': 'expiry extensions',
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__gt', models.F('from_on'))), name='lotextension_is_later'), models.CheckConstraint(condition=models.Q(('reason__in', ('MAKER_CONFIRMED', 'LAB_TESTED', 'LABEL_WRONG'))), name='lotextension_reason_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('state__in', ('approved', 'refused')), models.Q(('decided_by', ''), _negated=True)), _connector='OR'), name='lotextension_decided_has_a_time'), models.CheckConstraint(condition=models.Q(('decided_by', models.F('requested_by')), _negated=True), name='lotextension_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='Shortfall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner_key', models.CharField(max_length=120, verbose_name='promised to')),
                ('short_qty', models.PositiveIntegerField(verbose_name='units short')),
                ('state', models.CharField(choices=[('open', 'to decide'), ('cut', 'made smaller'), ('covered', 'covered again'), ('ended', 'plan ended')], default='open', max_length=10, verbose_name='state')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('closed_by', models.CharField(blank=True, default='', max_length=64, verbose_name='closed by')),
            ],
            options={
                'verbose_name': 'shortfall',
                'verbose_name_plural': 'shortfalls',
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['raised_at', 'id'], name='shortfall_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('owner_key', ''), _negated=True), name='shortfall_has_an_owner'), models.CheckConstraint(condition=models.Q(('short_qty__gte', 1)), name='shortfall_has_units'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state__in', ('cut', 'covered', 'ended'))), _connector='OR'), name='shortfall_closed_has_a_time')],
            },
        ),
        migrations.AddField(
            model_name='bomline',
            name='is_optional',
            field=models.BooleanField(default=False, verbose_name='optional'),
        ),
        migrations.AddField(
            model_name='sku',
            name='climate',
            field=models.CharField(choices=[('ambient', 'ambient'), ('chilled', 'chilled'), ('frozen', 'frozen')], default='ambient', max_length=8, verbose_name='temperature'),
        ),
        migrations.AddField(
            model_name='workorderline',
            name='is_optional',
            field=models.BooleanField(default=False, verbose_name='optional'),
        ),
        migrations.AddField(
            model_name='workorderline',
            name='left_out_qty',
            field=models.IntegerField(default=0, verbose_name='units left out'),
        ),
        migrations.AddField(
            model_name='zone',
            name='climate',
            field=models.CharField(choices=[('ambient', 'ambient'), ('chilled', 'chilled'), ('frozen', 'frozen')], default='ambient', max_length=8, verbose_name='temperature'),
        ),
        migrations.AddField(
            model_name='zone',
            name='hazard',
            field=models.CharField(blank=True, default='', max_length=32, verbose_name='hazard class'),
        ),
        migrations.AddConstraint(
            model_name='sku',
            constraint=models.CheckConstraint(condition=models.Q(('climate__in', ('ambient', 'chilled', 'frozen'))), name='sku_climate_is_known'),
        ),
        migrations.AddConstraint(
            model_name='workorderline',
            constraint=models.CheckConstraint(condition=models.Q(('left_out_qty', 0), models.Q(('is_optional', True), ('left_out_qty__gte', 0)), _connector='OR'), name='workorderline_left_out_is_optional'),
        ),
        migrations.AddConstraint(
            model_name='zone',
            constraint=models.CheckConstraint(condition=models.Q(('climate__in', ('ambient', 'chilled', 'frozen'))), name='zone_climate_is_known'),
        ),
        migrations.AddField(
            model_name='lotextension',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile', verbose_name='document'),
        ),
        migrations.AddField(
            model_name='lotextension',
            name='lot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='inventory.lot', verbose_name='lot'),
        ),
        migrations.AddField(
            model_name='shortfall',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku', verbose_name='SKU'),
        ),
        migrations.AddField(
            model_name='shortfall',
            name='warehouse',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse', verbose_name='warehouse'),
        ),
        migrations.AddConstraint(
            model_name='lotextension',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('lot',), name='lotextension_one_waits_per_lot'),
        ),
        migrations.AddConstraint(
            model_name='shortfall',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('owner_key', 'warehouse', 'sku'), name='shortfall_open_once'),
        ),
    ]
