from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0003_unit_qty_and_shipped_at'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('is_history', False)), fields=['promised_by', 'id'], name='order_promise'),
        ),
    ]
