from django.apps import AppConfig
from django.apps import apps as all_apps
from django.db.models.signals import post_migrate


def keep_virtual_bins(sender, using, apps=all_apps, **kwargs):
    """Put the virtual bins back after a flush, which empties what the data migration wrote."""
    from inventory.domain.places import VIRTUAL_BINS  # noqa: PLC0415  # models are not loaded yet

    try:
        model = apps.get_model("inventory", "Bin")
    except LookupError:  # migrated back to before the first table
        return
    model._default_manager.using(using).bulk_create(
        [
            model(pk=pk, code=code, kind="virtual", is_pickable=False)
            for pk, code in VIRTUAL_BINS.items()
        ],
        ignore_conflicts=True,
    )


class InventoryConfig(AppConfig):
    name = "inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        post_migrate.connect(
            keep_virtual_bins, sender=self, dispatch_uid="inventory.keep_virtual_bins"
        )
