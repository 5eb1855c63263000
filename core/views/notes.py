"""A sentence that the next page shows after a redirect."""

from __future__ import annotations

from django.contrib import messages


def leave_note(request, text: str, level: int = messages.SUCCESS) -> None:
    """Have the next page show the text."""
    messages.add_message(request, level, text)
