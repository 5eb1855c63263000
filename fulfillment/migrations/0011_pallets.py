import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0010_pack_plans'),
        ('inventory', '0008_floor_layouts'),
        ('orders', '0006_life_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pallet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sscc', models.CharField(max_length=18, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=8)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=40)),
                ('closed_at', models.DateTimeField(null=True)),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pallets', to='orders.shipment')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shipment', 'number'), name='pallet_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('shipment',), name='pallet_one_open_per_shipment'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('state', 'closed')), _connector='OR'), name='pallet_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='PalletCarton',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sscc', models.CharField(max_length=18, unique=True)),
                ('scanned_at', models.DateTimeField()),
                ('scanned_by', models.CharField(max_length=40)),
                ('carton', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pallet_entry', to='fulfillment.carton')),
                ('pallet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='fulfillment.pallet')),
            ],
        ),
    ]
