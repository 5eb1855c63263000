from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


def _ensure_policy(using: str = "default", **_kwargs: object) -> None:
    """Write the first reasons and rulebook after `migrate`, where their tables exist by now."""
    table = apps.get_model("returns", "PolicyRule")._meta.db_table
    if table in connections[using].introspection.table_names():
        import_string("returns.services.reasons.ensure")()
        now = import_string("core.clock.now")()
        import_string("returns.services.policies.ensure_defaults")(at=now)


class ReturnsConfig(AppConfig):
    name = "returns"
    label = "returns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_ensure_policy, sender=self, dispatch_uid="returns.policy")
