import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_second_factor_resets'),
        ('fulfillment', '0005_desk_states'),
        ('inventory', '0007_transfers_kits_and_refills'),
    ]

    operations = [
        migrations.CreateModel(
            name='Printer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('mode', models.CharField(choices=[('browser', 'Browser of the station'), ('network_zpl', 'Network, ZPL'), ('file', 'Files in a folder')], max_length=12)),
                ('address', models.CharField(blank=True, default='', max_length=120)),
                ('media', models.CharField(choices=[('label', 'Labels 4 x 6 in'), ('small_label', 'Labels 4 x 2 in'), ('paper', 'Paper A4')], max_length=12)),
                ('state', models.CharField(choices=[('unknown', 'Not tried yet'), ('ready', 'Ready'), ('offline', 'Not reachable')], default='unknown', max_length=8)),
                ('problem', models.CharField(blank=True, default='', max_length=200)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='printer_has_a_code'), models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('mode', 'browser')), models.Q(models.Q(('mode', 'browser'), _negated=True), models.Q(('address', ''), _negated=True)), _connector='OR'), name='printer_address_where_needed'), models.CheckConstraint(condition=models.Q(('mode__in', ['browser', 'network_zpl', 'file'])), name='printer_known_mode'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 'network_zpl'), _negated=True), models.Q(('media', 'paper'), _negated=True), _connector='OR'), name='printer_zpl_prints_labels')],
            },
        ),
        migrations.CreateModel(
            name='PrintJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=24)),
                ('key', models.CharField(max_length=60)),
                ('language', models.CharField(max_length=8)),
                ('media', models.CharField(choices=[('label', 'Labels 4 x 6 in'), ('small_label', 'Labels 4 x 2 in'), ('paper', 'Paper A4')], max_length=12)),
                ('copies', models.PositiveSmallIntegerField(default=1)),
                ('is_once', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('sent', 'Sent to the printer'), ('printed', 'Printed'), ('failed', 'Failed'), ('redirected', 'Sent elsewhere')], default='queued', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=60)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, default='', max_length=200)),
                ('asked_by', models.CharField(max_length=40)),
                ('asked_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('printer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='print_jobs', to='fulfillment.printer')),
                ('reprint_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reprints', to='fulfillment.printjob')),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='print_jobs', to='fulfillment.station')),
            ],
            options={
                'indexes': [models.Index(fields=['station', '-id'], name='printjob_by_station'), models.Index(fields=['state', 'id'], name='printjob_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_once', True), ('reprint_of__isnull', True)), fields=('kind', 'key'), name='printjob_once_per_key'), models.CheckConstraint(condition=models.Q(('reprint_of__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='printjob_reprint_has_a_reason'), models.CheckConstraint(condition=models.Q(('copies__gte', 1), ('copies__lte', 99)), name='printjob_copies_within_99'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sent', 'printed']), _negated=True), ('document__isnull', False), _connector='OR'), name='printjob_sent_has_a_document')],
            },
        ),
        migrations.CreateModel(
            name='ProblemReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('station_code', models.CharField(blank=True, default='', max_length=24)),
                ('task_key', models.CharField(blank=True, default='', max_length=40)),
                ('reason', models.CharField(max_length=24)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('reported_by', models.CharField(max_length=40)),
                ('reported_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, default='', max_length=40)),
                ('warehouse', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.warehouse')),
            ],
            options={
                'indexes': [models.Index(fields=['warehouse', '-id'], name='problemreport_by_place')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='problemreport_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='StationPrinter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('media', models.CharField(choices=[('label', 'Labels 4 x 6 in'), ('small_label', 'Labels 4 x 2 in'), ('paper', 'Paper A4')], max_length=12)),
                ('printer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stations', to='fulfillment.printer')),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='printers', to='fulfillment.station')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('station', 'media'), name='stationprinter_one_per_media')],
            },
        ),
    ]
