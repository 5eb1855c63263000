from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


def _ensure_builtin(using: str = "default", **_kwargs: object) -> None:
    """Make the built-in carrier after `migrate`, where its table exists by now."""
    table = apps.get_model("shipping", "CarrierService")._meta.db_table
    if table in connections[using].introspection.table_names():
        import_string("shipping.services.catalog.ensure_builtin")()


class ShippingConfig(AppConfig):
    name = "shipping"
    label = "shipping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_ensure_builtin, sender=self, dispatch_uid="shipping.builtin")
