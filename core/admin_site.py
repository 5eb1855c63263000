"""Make the repair site Django's default admin site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class RepairConfig(AdminConfig):
    """Django's admin with our site."""

    default_site = "core.repair.RepairSite"
