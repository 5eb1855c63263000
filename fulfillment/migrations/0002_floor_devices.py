import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_floor_badges'),
        ('core', '__first__'),
        ('fulfillment', '0001_floor'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='station',
            name='token_hash',
        ),
        migrations.AddField(
            model_name='station',
            name='printer_name',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.CreateModel(
            name='FloorDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('code_hash', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('code_expires_at', models.DateTimeField(editable=False, null=True)),
                ('token_hash', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                ('opened_at', models.DateTimeField(editable=False)),
                ('opened_by_key', models.CharField(editable=False, max_length=64)),
                ('registered_at', models.DateTimeField(editable=False, null=True)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to='fulfillment.station')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='floordevice_has_a_name'), models.CheckConstraint(condition=models.Q(('code_hash__isnull', True), ('token_hash__isnull', True), _connector='OR'), name='floordevice_code_or_token'), models.CheckConstraint(condition=models.Q(('code_hash__isnull', True), ('code_expires_at__isnull', False), _connector='OR'), name='floordevice_code_expires'), models.CheckConstraint(condition=models.Q(('token_hash__isnull', True), ('registered_at__isnull', False), _connector='OR'), name='floordevice_token_is_registered'), models.CheckConstraint(condition=models.Q(('revoked_at__isnull', True), models.Q(('code_hash__isnull', True), ('token_hash__isnull', True)), _connector='OR'), name='floordevice_revoked_opens_nothing')],
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('device', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='fulfillment.floordevice')),
                ('session', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.usersession')),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shifts', to='fulfillment.station')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('device',), name='shift_one_open_per_device'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('started_at')), _connector='OR'), name='shift_ends_after_start')],
            },
        ),
    ]
