"""Read `config/wiring.py` at run time, so that core never imports what stands above it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def wired(name: str) -> Any:
    """Return one table of the wiring module, such as `EVENT_HANDLERS`.

    Raises:
        AttributeError: the wiring has no such table.
    """
    return getattr(import_module(getattr(settings, "WIRING_MODULE", "config.wiring")), name)


def resolve(path: str) -> Any:
    """Return what a dotted path names.

    Raises:
        ImportError: the path names nothing.
    """
    return import_string(path)
