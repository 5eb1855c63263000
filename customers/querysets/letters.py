"""Reads of what customers want to be told, and of the words they are told it in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from customers.models import LetterWording, NotificationChoice


class NotificationChoiceQuerySet(models.QuerySet["NotificationChoice"]):
    """What readers chose, by the hash of their address."""

    def of(self, address_hashes: Iterable[str]) -> Self:
        """Keep the choices of these addresses."""
        return self.filter(address_hash__in=list(address_hashes))


class LetterWordingQuerySet(models.QuerySet["LetterWording"]):
    """Versions of a letter's words; the highest one is in force."""

    def of(self, template: str, language: str) -> Self:
        """Keep one letter in one language, the newest version first."""
        return self.filter(template=template, language=language).order_by("-version", "-pk")
