"""Scanner check (G13): what the scanner sends, key by key, and how Quayside reads it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from core import scanning
from core.permissions import SIGNED_IN, RequireCapability

#: Set-up codes and commands of the printed sheet: (code, what it does).
COMMAND_WORDS = (
    ("CMD-OK", _("Confirm, or answer a red card")),
    ("CMD-UNDO", _("Take back the last scan")),
    ("CMD-SHORT", _("Less there than asked for")),
    ("CMD-DAMAGED", _("Damaged")),
    ("CMD-NEXT", _("Next task")),
    ("CMD-SKIP", _("Skip, come back later")),
    ("CMD-NEWBOX", _("Begin another box")),
    ("CMD-CLOSEBOX", _("Close the box")),
    ("CMD-PRINT", _("Print the label")),
    ("CMD-REPRINT", _("Print the label again")),
    ("CMD-HOLD", _("Put on the hold shelf")),
    ("CMD-HELP", _("Report a problem")),
    ("CMD-PAUSE", _("Pause")),
    ("CMD-LOGOUT", _("End the shift")),
    ("CMD-ENGLISH", _("Reminder: switch the input method to English")),
)


class ScannerCheck(RequireCapability, TemplateView):
    """Show raw keys, their timing, the parsed code, the input-method warning and the tones."""

    capability = SIGNED_IN
    template_name = "core/scanner_check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the command list."""
        return super().get_context_data(**kwargs) | {"commands": COMMAND_WORDS}


class ScannerParse(RequireCapability, View):
    """Read one raw scan and answer what it means; nothing is stored."""

    capability = SIGNED_IN
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> JsonResponse:
        """Answer the parsed scan as JSON."""
        parsed = scanning.parse_scan(request.POST.get("raw", ""))
        return JsonResponse(parsed.as_json())
