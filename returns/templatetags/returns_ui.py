"""How rows with a name in two languages are shown."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from returns.models import PolicyRule, ReturnReason

register = template.Library()


@register.simple_tag
def local(row: PolicyRule | ReturnReason) -> str:
    """Return the row's Chinese name for readers of Chinese, where it has one, else its name."""
    if (get_language() or "").startswith("zh") and row.name_zh:
        return row.name_zh
    return row.name
