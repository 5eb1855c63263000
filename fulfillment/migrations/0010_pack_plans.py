import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fulfillment', '0009_wave_rules'),
        ('inventory', '0008_floor_layouts'),
        ('orders', '0006_life_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='PackPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('inputs_key', models.CharField(max_length=64)),
                ('effort', models.CharField(choices=[('short', 'Short look'), ('full', 'Full look'), ('exact', 'Exact')], max_length=5)),
                ('body', models.JSONField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('effort__in', ('short', 'full', 'exact'))), name='packplan_effort_known')],
            },
        ),
        migrations.AddField(
            model_name='carton',
            name='asked_box',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku'),
        ),
        migrations.AddField(
            model_name='carton',
            name='box_reason',
            field=models.CharField(blank=True, default='', max_length=24),
        ),
        migrations.AddField(
            model_name='carton',
            name='question',
            field=models.CharField(blank=True, choices=[('box', 'Smaller box than planned'), ('weight', 'Weight differs')], default='', max_length=6),
        ),
        migrations.AddField(
            model_name='carton',
            name='weighed_count',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='carton',
            name='weight_reason',
            field=models.CharField(blank=True, default='', max_length=24),
        ),
        migrations.AddConstraint(
            model_name='carton',
            constraint=models.CheckConstraint(condition=models.Q(('question__in', ('', 'box', 'weight'))), name='carton_question_known'),
        ),
        migrations.AddConstraint(
            model_name='carton',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('question', ''), _connector='OR'), name='carton_closed_asks_nothing'),
        ),
        migrations.AddField(
            model_name='packplan',
            name='carton',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='fulfillment.carton'),
        ),
    ]
