"""Inline icons: lucide's shapes and our own progress rings, as safe SVG text."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from zipfile import ZipFile

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.icon_shapes import OWN_SHAPES


class UnknownIcon(LookupError):
    """An icon name that neither lucide nor our own shapes have."""


@lru_cache(maxsize=512)
def shape(name: str) -> str:
    """Return the inner SVG markup of an icon on a 24 by 24 grid.

    Raises:
        UnknownIcon: no shape has this name.
    """
    own = OWN_SHAPES.get(name)
    return own if own is not None else _lucide_shape(name)


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    return ZipFile(str(files("lucide") / "lucide.zip"))


def _lucide_shape(name: str) -> str:
    try:
        text = _archive().read(f"{name}.svg").decode()
    except KeyError as missing:
        raise UnknownIcon(f"No icon is called {name!r}: look it up at lucide.") from missing
    return re.sub(r"\s+", " ", text.split(">", 1)[1].rsplit("</svg>", 1)[0]).strip()


@lru_cache(maxsize=2048)
def svg(name: str, size: int = 16, label: str = "", extra_class: str = "") -> SafeString:
    """Return an icon as inline SVG: hidden from readers, or named by `label`."""
    spin = " spin" if name == "loader-circle" else ""
    hidden = mark_safe('aria-hidden="true"')
    naming = format_html('role="img" aria-label="{}"', label) if label else hidden
    return format_html(
        '<svg class="ico{}{}" width="{}" height="{}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"'
        ' focusable="false" {}>{}</svg>',
        spin,
        f" {extra_class}" if extra_class else "",
        size,
        size,
        "2" if size < 20 else "1.75",
        naming,
        mark_safe(shape(name)),  # noqa: S308  # shapes come from files of ours and of lucide
    )
