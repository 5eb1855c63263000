from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Climate(models.TextChoices):
    """How warm it is in a zone, and how warm goods must be kept."""

    AMBIENT = "ambient", _("ambient")
    CHILLED = "chilled", _("chilled")
    FROZEN = "frozen", _("frozen")
