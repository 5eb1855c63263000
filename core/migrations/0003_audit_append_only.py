"""Refuse any change of audit entries and seals, on both databases."""

from django.db import migrations

from core.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("core", "0002_platform")]

    operations = [append_only("core_auditentry"), append_only("core_auditseal")]
