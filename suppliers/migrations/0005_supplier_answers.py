import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0004_purchase_agreements'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bucket', models.CharField(max_length=80)),
                ('window_start_at', models.DateTimeField()),
                ('tries', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['window_start_at'], name='linkattempt_by_window')],
                'constraints': [models.UniqueConstraint(fields=('bucket', 'window_start_at'), name='linkattempt_once_per_window')],
            },
        ),
        migrations.CreateModel(
            name='SupplierAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(verbose_name='revision')),
                ('kind', models.CharField(choices=[('accepted', 'Confirmed'), ('changed', 'Changed'), ('declined', 'Declined')], max_length=8, verbose_name='answer')),
                ('reason', models.CharField(blank=True, default='', max_length=16, verbose_name='reason')),
                ('comment', models.CharField(blank=True, default='', max_length=400, verbose_name='comment')),
                ('line_count', models.PositiveIntegerField(default=0, verbose_name='lines confirmed')),
                ('event_key', models.CharField(max_length=80, unique=True)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor_key', models.CharField(max_length=64, verbose_name='by')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='suppliers.purchaseorder')),
            ],
            options={
                'verbose_name': "supplier's answer",
                'verbose_name_plural': "suppliers' answers",
                'indexes': [models.Index(fields=['order', 'id'], name='supplieranswer_by_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'declined'), ('reason__in', ('OUT_OF_STOCK', 'QTY', 'PRICE', 'DATE', 'DISCONTINUED', 'MOQ', 'CAPACITY', 'OTHER'))), models.Q(models.Q(('kind', 'declined'), _negated=True), ('reason', '')), _connector='OR'), name='supplieranswer_declined_has_a_reason'), models.CheckConstraint(condition=models.Q(('kind__in', ('accepted', 'changed', 'declined'))), name='supplieranswer_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ChangeProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(verbose_name='revision')),
                ('state', models.CharField(choices=[('proposed', 'Waits for the buyer'), ('accepted', 'Accepted'), ('rejected', 'Not accepted'), ('withdrawn', 'Taken back'), ('superseded', 'Replaced')], default='proposed', max_length=12, verbose_name='state')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
                ('decided_by', models.CharField(blank=True, default='', max_length=64, verbose_name='decided by')),
                ('decision_comment', models.CharField(blank=True, default='', max_length=400, verbose_name='comment')),
                ('agreed_revision', models.PositiveIntegerField(blank=True, null=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='suppliers.purchaseorder')),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='suppliers.supplieranswer')),
            ],
            options={
                'verbose_name': 'proposed change',
                'verbose_name_plural': 'proposed changes',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('order',), name='changeproposal_one_open_per_order'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('state', 'proposed')), models.Q(('decided_at__isnull', False), ('state__in', ('accepted', 'rejected', 'withdrawn', 'superseded'))), _connector='OR'), name='changeproposal_decided_has_a_time'), models.CheckConstraint(condition=models.Q(('agreed_revision__isnull', True), ('state', 'accepted'), _connector='OR'), name='changeproposal_agreed_is_accepted')],
            },
        ),
        migrations.CreateModel(
            name='SupplierLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('purpose', models.CharField(choices=[('order', 'One order'), ('portal', 'All orders')], max_length=8, verbose_name='opens')),
                ('language', models.CharField(blank=True, default='', max_length=10)),
                ('created_at', models.DateTimeField(verbose_name='created at')),
                ('created_by', models.CharField(max_length=64, verbose_name='created by')),
                ('expires_at', models.DateTimeField(verbose_name='ends at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('order', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='suppliers.purchaseorder')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='suppliers.supplier')),
            ],
            options={
                'verbose_name': 'supplier link',
                'verbose_name_plural': 'supplier links',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', False), ('purpose', 'order')), models.Q(('order__isnull', True), ('purpose', 'portal')), _connector='OR'), name='supplierlink_opens_what_it_says'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='supplierlink_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='SupplierMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_from_supplier', models.BooleanField(verbose_name='from the supplier')),
                ('text', models.CharField(max_length=2000, verbose_name='message')),
                ('event_key', models.CharField(max_length=80, unique=True)),
                ('at', models.DateTimeField(verbose_name='at')),
                ('actor_key', models.CharField(max_length=64, verbose_name='by')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='suppliers.purchaseorder')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(fields=['order', 'id'], name='suppliermessage_by_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='suppliermessage_says_something')],
            },
        ),
        migrations.CreateModel(
            name='AnswerClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('escalated_at', models.DateTimeField(blank=True, null=True)),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('late_notice_on', models.DateField(blank=True, null=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='clock', to='suppliers.purchaseorder')),
            ],
            options={
                'verbose_name': 'answer clock',
                'verbose_name_plural': 'answer clocks',
                'indexes': [models.Index(condition=models.Q(('stopped_at__isnull', True)), fields=['due_at', 'id'], name='answerclock_running')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('asked_at'))), name='answerclock_due_after_start')],
            },
        ),
        migrations.CreateModel(
            name='AsnContent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('qty', models.PositiveIntegerField(verbose_name='units')),
                ('lot_code', models.CharField(blank=True, default='', max_length=64, verbose_name='lot')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='expires on')),
                ('asn_line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='suppliers.asnline')),
                ('carton', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contents', to='suppliers.asncarton')),
            ],
            options={
                'verbose_name': 'announced content',
                'verbose_name_plural': 'announced contents',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gte', 1), ('qty__lte', 1000000000)), name='asncontent_has_units')],
            },
        ),
        migrations.CreateModel(
            name='ChangeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was_qty', models.PositiveIntegerField()),
                ('qty', models.PositiveIntegerField(blank=True, null=True)),
                ('was_on', models.DateField(blank=True, null=True)),
                ('on', models.DateField(blank=True, null=True)),
                ('was_price', models.DecimalField(decimal_places=6, max_digits=18)),
                ('unit_price', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('quoted_price', models.DecimalField(blank=True, decimal_places=6, max_digits=18, null=True)),
                ('reason', models.CharField(max_length=16)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suppliers.purchaseline')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='suppliers.changeproposal')),
            ],
            options={
                'verbose_name': 'line of a proposed change',
                'verbose_name_plural': 'lines of proposed changes',
                'constraints': [models.UniqueConstraint(fields=('proposal', 'line'), name='changeline_once'), models.CheckConstraint(condition=models.Q(('reason__in', ('OUT_OF_STOCK', 'QTY', 'PRICE', 'DATE', 'DISCONTINUED', 'MOQ', 'CAPACITY', 'OTHER'))), name='changeline_reason_is_known'), models.CheckConstraint(condition=models.Q(('qty__isnull', False), ('on__isnull', False), ('unit_price__isnull', False), _connector='OR'), name='changeline_changes_something'), models.CheckConstraint(condition=models.Q(('qty__isnull', True), ('qty__lte', 1000000000), _connector='OR'), name='changeline_qty_in_range'), models.CheckConstraint(condition=models.Q(('unit_price__isnull', True), ('unit_price__gte', 0), _connector='OR'), name='changeline_price_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('pre_production', 'Materials ready'), ('production', 'In production'), ('pre_shipment', 'Ready to ship'), ('shipment', 'Shipped'), ('delivery', 'Delivered')], max_length=16, verbose_name='step')),
                ('planned_on', models.DateField(blank=True, null=True, verbose_name='planned')),
                ('actual_on', models.DateField(blank=True, null=True, verbose_name='done')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='suppliers.purchaseorder')),
            ],
            options={
                'verbose_name': 'milestone',
                'verbose_name_plural': 'milestones',
                'constraints': [models.UniqueConstraint(fields=('order', 'kind'), name='milestone_once_per_order'), models.CheckConstraint(condition=models.Q(('kind__in', ('pre_production', 'production', 'pre_shipment', 'shipment', 'delivery'))), name='milestone_kind_is_known')],
            },
        ),
    ]
