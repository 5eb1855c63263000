from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_virtual_bins")]

    operations = [
        append_only("inventory_stockevent"),
        append_only("inventory_stockmove"),
        append_only("inventory_layerconsumption"),
    ]
