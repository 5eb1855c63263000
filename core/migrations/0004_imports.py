import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0003_audit_append_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('source', models.CharField(blank=True, default='', max_length=80)),
                ('file_name', models.CharField(max_length=200)),
                ('run_key', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('mapping', models.JSONField(default=dict)),
                ('options', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('uploaded', 'Uploaded'), ('previewing', 'Reading'), ('previewed', 'Ready to import'), ('applying', 'Importing'), ('applied', 'Imported'), ('cancelled', 'Stopped'), ('failed', 'Failed'), ('undoing', 'Undoing'), ('undone', 'Undone')], default='uploaded', max_length=12)),
                ('facts', models.JSONField(default=dict)),
                ('tally', models.JSONField(default=dict)),
                ('undo_report', models.JSONField(default=dict)),
                ('problem_count', models.PositiveIntegerField(default=0)),
                ('chunks_applied', models.PositiveIntegerField(default=0)),
                ('error', models.TextField(blank=True, default='')),
                ('job_id', models.BigIntegerField(blank=True, null=True)),
                ('started_by', models.CharField(default='system', max_length=64)),
                ('created_at', models.DateTimeField()),
                ('previewed_at', models.DateTimeField(blank=True, null=True)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-id'], name='importbatch_by_kind')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['uploaded', 'previewing', 'previewed', 'applying', 'applied', 'cancelled', 'failed', 'undoing', 'undone'])), name='importbatch_known_status'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'applied'), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='importbatch_applied_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='ImportChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=80)),
                ('object_id', models.BigIntegerField()),
                ('label', models.CharField(blank=True, default='', max_length=160)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='core.importbatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'model', 'object_id'), name='importchange_once_per_row')],
            },
        ),
        migrations.CreateModel(
            name='ImportIssue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('field', models.CharField(blank=True, default='', max_length=80)),
                ('value', models.CharField(blank=True, default='', max_length=200)),
                ('code', models.CharField(max_length=40)),
                ('message', models.CharField(max_length=300)),
                ('fix', models.CharField(max_length=300)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='core.importbatch')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'line', 'id'], name='importissue_by_line')],
            },
        ),
        migrations.CreateModel(
            name='ImportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=80)),
                ('mapping', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField()),
                ('updated_by', models.CharField(default='system', max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'name'), name='importmapping_once')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('key', models.CharField(max_length=160)),
                ('outcome', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'Same'), ('set_aside', 'Set aside'), ('error', 'Not readable')], max_length=10)),
                ('lines', models.PositiveIntegerField(default=1)),
                ('reason', models.CharField(blank=True, default='', max_length=40)),
                ('diff', models.JSONField(default=dict)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='core.importbatch')),
            ],
            options={
                'indexes': [models.Index(fields=['batch', 'outcome', 'line', 'id'], name='importrow_by_outcome')],
            },
        ),
    ]
