import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True, verbose_name='number')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('email', models.CharField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('email_norm', models.CharField(blank=True, db_index=True, default='', max_length=254)),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('language', models.CharField(blank=True, default='', max_length=10, verbose_name='language')),
                ('segment', models.CharField(blank=True, default='', max_length=40, verbose_name='segment')),
                ('tags', models.JSONField(blank=True, default=list, verbose_name='tags')),
                ('first_order_at', models.DateTimeField(blank=True, null=True)),
                ('last_order_at', models.DateTimeField(blank=True, null=True)),
                ('order_count', models.PositiveIntegerField(default=0)),
                ('anonymised_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='customers.customer')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'indexes': [models.Index(fields=['last_order_at', 'id'], name='customer_by_last_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customer_not_merged_into_itself'), models.CheckConstraint(condition=models.Q(('first_order_at__isnull', True), ('last_order_at__gte', models.F('first_order_at')), _connector='OR'), name='customer_first_order_before_last')],
            },
        ),
        migrations.CreateModel(
            name='CustomerAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, default='', max_length=200, verbose_name='name')),
                ('company', models.CharField(blank=True, default='', max_length=200, verbose_name='company')),
                ('line1', models.CharField(blank=True, default='', max_length=200, verbose_name='street')),
                ('line2', models.CharField(blank=True, default='', max_length=200, verbose_name='addition')),
                ('city', models.CharField(blank=True, default='', max_length=100, verbose_name='city')),
                ('region', models.CharField(blank=True, default='', max_length=100, verbose_name='region')),
                ('postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='postcode')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='customers.customer')),
            ],
            options={
                'verbose_name': 'address',
                'verbose_name_plural': 'addresses',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('customer',), name='customeraddress_one_default')],
            },
        ),
        migrations.CreateModel(
            name='CustomerExternalId',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel_code', models.CharField(max_length=40, verbose_name='channel')),
                ('external_id', models.CharField(max_length=120, verbose_name='id there')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='external_ids', to='customers.customer')),
            ],
            options={
                'verbose_name': 'id at a channel',
                'verbose_name_plural': 'ids at channels',
                'constraints': [models.UniqueConstraint(fields=('channel_code', 'external_id'), name='customerexternalid_once_per_channel'), models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='customerexternalid_not_empty')],
            },
        ),
    ]
