from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("returns", "0003_refunds")]

    operations = [append_only("returns_storecreditentry")]
