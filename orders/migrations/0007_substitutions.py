import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0009_substitutes'),
        ('orders', '0006_life_rules'),
    ]

    operations = [
        migrations.CreateModel(
            name='SubstitutionProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('qty', models.PositiveIntegerField()),
                ('substitute_qty', models.PositiveIntegerField()),
                ('num', models.PositiveIntegerField()),
                ('den', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('open', 'Waits for an answer'), ('approved', 'Replaced'), ('declined', 'Declined'), ('expired', 'No answer in time'), ('withdrawn', 'Not needed any more')], default='open', max_length=10)),
                ('cause', models.CharField(blank=True, default='', max_length=24)),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=60)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['expires_at', 'id'], name='substitution_by_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(('den__gt', 0), ('num__gt', 0), ('qty__gt', 0), ('substitute_qty', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('qty'), '*', models.F('num')), '/', models.F('den')))), name='substitutionproposal_units_by_ratio'), models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_at__isnull', False), _connector='OR'), name='substitutionproposal_decided_has_time'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='substitutionproposal_ends_after_start')],
            },
        ),
        migrations.AddField(
            model_name='channel',
            name='allow_substitutes',
            field=models.CharField(choices=[('off', 'Off'), ('propose', 'Propose'), ('automatic', 'Automatic')], default='propose', max_length=10),
        ),
        migrations.AddField(
            model_name='orderline',
            name='substitute_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='substitute_lines', to='orders.orderline'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='substituted_qty',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='orderline',
            name='kind',
            field=models.CharField(choices=[('goods', 'Goods'), ('kit', 'Kit'), ('component', 'Component'), ('substitute', 'Substitute'), ('free', 'Free'), ('fee', 'Fee')], default='goods', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('substituted_qty', 0), ('substituted_qty__lte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('qty'), '-', models.F('cancelled_qty')), '-', models.F('backorder_qty'))), _connector='OR'), name='orderline_substituted_within_open'),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'substitute'), ('substitute_for__isnull', False), ('unit_price', 0)), models.Q(models.Q(('kind', 'substitute'), _negated=True), ('substitute_for__isnull', True)), _connector='OR'), name='orderline_substitute_names_its_line'),
        ),
        migrations.AddField(
            model_name='substitutionproposal',
            name='order_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitution_proposals', to='orders.orderline'),
        ),
        migrations.AddField(
            model_name='substitutionproposal',
            name='sku',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.sku'),
        ),
        migrations.AddConstraint(
            model_name='substitutionproposal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('order_line',), name='substitutionproposal_one_open_per_line'),
        ),
    ]
