import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0012_audit_reseals'),
        ('orders', '0012_dropped_refunds'),
        ('returns', '0008_inspections'),
        ('shipping', '0003_labels_exchanges'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('customer', 'Customer'), ('shop', 'Shop')], max_length=8)),
                ('body', models.CharField(max_length=2000)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='customermessage_says_something')],
            },
        ),
        migrations.CreateModel(
            name='MessageThread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(choices=[('NOT_ARRIVED', 'It has not arrived'), ('DAMAGED', 'Something is damaged'), ('WRONG_ITEM', 'Something else was in the parcel'), ('MISSING_ITEM', 'Something is missing'), ('RETURN', 'My return'), ('OTHER', 'Something else')], max_length=16, verbose_name='topic')),
                ('state', models.CharField(choices=[('waiting', 'Waits for an answer'), ('answered', 'Answered'), ('closed', 'Closed')], default='waiting', max_length=10, verbose_name='state')),
                ('language', models.CharField(blank=True, default='', max_length=10)),
                ('opened_at', models.DateTimeField(verbose_name='opened')),
                ('last_at', models.DateTimeField(verbose_name='last message')),
            ],
            options={
                'verbose_name': 'conversation',
                'verbose_name_plural': 'conversations',
                'indexes': [models.Index(fields=['state', 'last_at', 'id'], name='thread_by_state')],
            },
        ),
        migrations.CreateModel(
            name='ReturnDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choices', models.JSONField(default=dict)),
                ('version', models.PositiveIntegerField(default=1)),
                ('submission_key', models.CharField(max_length=80, unique=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='returndraft_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='ReturnDraftPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='returnphoto',
            name='returnphoto_once',
        ),
        migrations.AddConstraint(
            model_name='returnphoto',
            constraint=models.UniqueConstraint(fields=('file', 'line'), name='returnphoto_once_per_line'),
        ),
        migrations.AddConstraint(
            model_name='returnphoto',
            constraint=models.UniqueConstraint(condition=models.Q(('line__isnull', True)), fields=('request', 'file'), name='returnphoto_once_without_line'),
        ),
        migrations.AddField(
            model_name='customermessage',
            name='photo',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
        ),
        migrations.AddField(
            model_name='messagethread',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order'),
        ),
        migrations.AddField(
            model_name='messagethread',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='returns.returnrequest'),
        ),
        migrations.AddField(
            model_name='customermessage',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='returns.messagethread'),
        ),
        migrations.AddField(
            model_name='returndraft',
            name='link',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='shipping.publiclink'),
        ),
        migrations.AddField(
            model_name='returndraft',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.order'),
        ),
        migrations.AddField(
            model_name='returndraft',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='returns.returnrequest'),
        ),
        migrations.AddField(
            model_name='returndraftphoto',
            name='draft',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='returns.returndraft'),
        ),
        migrations.AddField(
            model_name='returndraftphoto',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile'),
        ),
        migrations.AddField(
            model_name='returndraftphoto',
            name='order_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.orderline'),
        ),
        migrations.AddConstraint(
            model_name='returndraftphoto',
            constraint=models.UniqueConstraint(fields=('draft', 'order_line', 'file'), name='returndraftphoto_once_per_line'),
        ),
    ]
