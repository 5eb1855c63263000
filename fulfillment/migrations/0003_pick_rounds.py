import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0002_floor_devices'),
        ('inventory', '0005_packaging_and_handling'),
        ('orders', '0005_subscriptions'),
    ]

    operations = [
        migrations.CreateModel(
            name='PutWall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('in_hand_qty', models.PositiveIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='putwall_has_a_code')],
            },
        ),
        migrations.CreateModel(
            name='WallSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='picktask',
            name='sorted_qty',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='Cart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('slot_count', models.PositiveSmallIntegerField(default=8)),
                ('is_active', models.BooleanField(default=True)),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='cart_has_a_code'), models.CheckConstraint(condition=models.Q(('slot_count__gte', 1), ('slot_count__lte', 60)), name='cart_slots_1_to_60')],
            },
        ),
        migrations.CreateModel(
            name='CartSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('is_open', models.BooleanField(default=True)),
                ('shipment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cart_slots', to='orders.shipment')),
                ('tote', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('tote',), name='cartslot_tote_in_one_open_slot'), models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('shipment',), name='cartslot_shipment_in_one_open_slot'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='cartslot_position_from_1')],
            },
        ),
        migrations.AddField(
            model_name='picktask',
            name='slot',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='fulfillment.cartslot'),
        ),
        migrations.CreateModel(
            name='PickRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=1)),
                ('method', models.CharField(choices=[('single', 'Order by order'), ('batch', 'Batch, sorted afterwards'), ('cluster', 'Cart with a tote per order')], default='cluster', max_length=10)),
                ('picker', models.CharField(blank=True, default='', max_length=40)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('open', 'On the floor'), ('sorting', 'To be sorted'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('step', models.CharField(choices=[('totes', 'Scan the totes'), ('bin', 'Scan the bin'), ('item', 'Scan the item'), ('lot', 'Scan the lot'), ('slot', 'Scan the slot'), ('surplus', 'Put units back')], default='totes', max_length=8)),
                ('in_hand_qty', models.PositiveIntegerField(default=0)),
                ('reason', models.CharField(blank=True, default='', max_length=24)),
                ('length_mm', models.PositiveBigIntegerField(null=True)),
                ('s_shape_mm', models.PositiveBigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('bin', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin')),
                ('cart', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='fulfillment.cart')),
                ('lot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.lot')),
                ('sku', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku')),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
                ('wave', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pick_rounds', to='fulfillment.wave')),
            ],
            options={
                'indexes': [models.Index(fields=['warehouse', 'state', 'id'], name='pickround_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('cart',), name='pickround_one_open_per_cart'), models.UniqueConstraint(fields=('wave', 'position'), name='pickround_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'open'), _negated=True), models.Q(('cart__isnull', False), ('opened_at__isnull', False), models.Q(('picker', ''), _negated=True)), _connector='OR'), name='pickround_open_has_cart_and_picker'), models.CheckConstraint(condition=models.Q(models.Q(('bin__isnull', True), ('lot__isnull', True), ('sku__isnull', True)), models.Q(('bin__isnull', False), ('sku__isnull', False)), _connector='OR'), name='pickround_stop_is_whole'), models.CheckConstraint(condition=models.Q(('in_hand_qty', 0), ('bin__isnull', False), _connector='OR'), name='pickround_units_come_from_a_stop')],
            },
        ),
        migrations.AddField(
            model_name='cartslot',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='fulfillment.pickround'),
        ),
        migrations.AddField(
            model_name='picktask',
            name='round',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='fulfillment.pickround'),
        ),
        migrations.AddConstraint(
            model_name='picktask',
            constraint=models.CheckConstraint(condition=models.Q(('slot__isnull', True), ('round__isnull', False), _connector='OR'), name='picktask_slot_is_of_a_round'),
        ),
        migrations.AddConstraint(
            model_name='picktask',
            constraint=models.CheckConstraint(condition=models.Q(('sorted_qty__lte', models.F('picked_qty'))), name='picktask_sorted_within_picked'),
        ),
        migrations.AddField(
            model_name='putwall',
            name='overflow_bin',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin'),
        ),
        migrations.AddField(
            model_name='putwall',
            name='task',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfillment.picktask'),
        ),
        migrations.AddField(
            model_name='putwall',
            name='tote',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin'),
        ),
        migrations.AddField(
            model_name='putwall',
            name='warehouse',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse'),
        ),
        migrations.AddField(
            model_name='wallslot',
            name='bin',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.bin'),
        ),
        migrations.AddField(
            model_name='wallslot',
            name='shipment',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='wall_slot', to='orders.shipment'),
        ),
        migrations.AddField(
            model_name='wallslot',
            name='wall',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='fulfillment.putwall'),
        ),
        migrations.AddConstraint(
            model_name='cartslot',
            constraint=models.UniqueConstraint(fields=('round', 'position'), name='cartslot_position_once'),
        ),
        migrations.AddConstraint(
            model_name='putwall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_hand_qty', 0), ('task__isnull', True)), models.Q(('in_hand_qty__gt', 0), ('task__isnull', False), ('tote__isnull', False)), _connector='OR'), name='putwall_in_hand_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='putwall',
            constraint=models.UniqueConstraint(fields=('tote',), name='putwall_tote_at_one_wall'),
        ),
        migrations.AddConstraint(
            model_name='putwall',
            constraint=models.UniqueConstraint(fields=('task',), name='putwall_task_in_one_hand'),
        ),
        migrations.AddConstraint(
            model_name='wallslot',
            constraint=models.UniqueConstraint(fields=('wall', 'position'), name='wallslot_position_once'),
        ),
    ]
