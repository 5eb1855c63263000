"""Placeholder product art: drawn here, the same picture for the same key, no picture files."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_PALETTES = (
    ("#F6E4E4", "#C25B66", "#A64450"),
    ("#E3EFEC", "#7FB3A6", "#5E9486"),
    ("#FBEFD3", "#D39B2F", "#AD7A17"),
    ("#E8EEFB", "#6F8FD6", "#4A6FC9"),
    ("#EFEAF8", "#9C82CF", "#7C5CBF"),
    ("#F3E6DC", "#C06A4A", "#9D4E31"),
    ("#E4F1E4", "#6FA66A", "#4C8247"),
    ("#E9ECEE", "#8B979F", "#66737B"),
)
_TIN = (
    '<rect x="9" y="7" width="14" height="4" rx="1.2" fill="{dark}"/>'
    '<rect x="10" y="11" width="12" height="14" rx="1.6" fill="{mid}"/>'
    '<rect x="12.5" y="14" width="7" height="7" rx="1" fill="#fff" opacity=".92"/>'
    '<circle cx="16" cy="17" r="1.8" fill="{mid}"/>'
)
_CUPS = (
    '<path d="M6 13h9l-1.2 10H7.2z" fill="{mid}"/><ellipse cx="10.5" cy="13" rx="4.5" ry="1.3"'
    ' fill="{dark}"/><path d="M17 13h9l-1.2 10h-6.6z" fill="{mid}"/>'
    '<ellipse cx="21.5" cy="13" rx="4.5" ry="1.3" fill="{dark}"/>'
)
_BOX = (
    '<rect x="7" y="13" width="18" height="12" rx="1.2" fill="{mid}"/>'
    '<rect x="6" y="10" width="20" height="4.5" rx="1.2" fill="{dark}"/>'
    '<rect x="14.5" y="10" width="3" height="15" fill="#F3D59B"/>'
)
_BOTTLE = (
    '<rect x="13.5" y="6" width="5" height="5" rx="1" fill="{dark}"/>'
    '<path d="M13 11h6l2 4v9a2 2 0 0 1-2 2h-6a2 2 0 0 1-2-2v-9z" fill="{mid}"/>'
    '<rect x="12.5" y="17" width="7" height="5" rx="1" fill="#fff" opacity=".9"/>'
)
_CARD = (
    '<rect x="7" y="9" width="18" height="14" rx="1.6" fill="#fff" stroke="{mid}"/>'
    '<circle cx="12.5" cy="16" r="2.4" fill="{mid}"/>'
    '<path d="M17 13.5h5.5M17 16h4.5M17 18.5h5" stroke="{dark}" stroke-width="1.2"/>'
)
_SHAPES = (_TIN, _CUPS, _BOX, _BOTTLE, _CARD)


@lru_cache(maxsize=4096)
def art(key: str, *, size: int = 32, alt: str = "") -> SafeString:
    """Return a small drawing of a product as inline SVG, chosen by a hash of `key`."""
    digest = hashlib.blake2s(key.encode(), digest_size=4).digest()
    paper, mid, dark = _PALETTES[digest[0] % len(_PALETTES)]
    body = _SHAPES[digest[1] % len(_SHAPES)].format(mid=mid, dark=dark)
    hidden = mark_safe('aria-hidden="true"')
    naming = format_html('role="img" aria-label="{}"', alt) if alt else hidden
    return format_html(
        '<svg class="art" width="{0}" height="{0}" viewBox="0 0 32 32" fill="none" {1}>'
        '<rect width="32" height="32" rx="5" fill="{2}"/>{3}</svg>',
        size,
        naming,
        paper,
        mark_safe(body),  # noqa: S308  # shapes and colors are constants of this file
    )
