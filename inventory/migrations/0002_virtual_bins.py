from django.db import migrations

VIRTUAL_BINS = {
    -1: "SUPPLIER",
    -2: "CUSTOMER",
    -3: "SCRAP",
    -4: "COUNT",
    -5: "ASSEMBLY",
    -6: "TRANSIT",
}


def add(apps, schema_editor):
    """Insert the fixed places outside the warehouses; the ids are those of domain/places.py."""
    bins = apps.get_model("inventory", "Bin").objects.using(schema_editor.connection.alias)
    for pk, code in VIRTUAL_BINS.items():
        bins.get_or_create(pk=pk, defaults={"code": code, "kind": "virtual", "is_pickable": False})


def remove(apps, schema_editor):
    bins = apps.get_model("inventory", "Bin").objects.using(schema_editor.connection.alias)
    bins.filter(pk__in=VIRTUAL_BINS).delete()


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_models")]

    operations = [migrations.RunPython(add, remove)]
