from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules, import_string
from django.utils.translation import gettext

from core import errors


class CoreConfig(AppConfig):
    name = "core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        errors.install_translator(gettext)
        autodiscover_modules("personal_data")
        post_migrate.connect(_prepare_numbers, sender=self, dispatch_uid="core.numbers")
        post_migrate.connect(_prepare_roles, sender=self, dispatch_uid="core.roles")


def _prepare_numbers(**_sent: object) -> None:
    # Models are not importable while this module is: hence the dotted paths.
    import_string("core.numbers.forget_blocks")()
    import_string("core.numbers.prepare")()


def _prepare_roles(**_sent: object) -> None:
    import_string("core.services.roles.sync_builtin_roles")()
