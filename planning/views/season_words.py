"""B-07: a season as a ratio and as percent, so that 3.2 times isn't read as 320 % more."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats
from planning.domain.season import Contrast


def contrast_text(contrast: Contrast) -> str:
    """Return how summer stands to winter, in percent more or less."""
    percent = formats.number(abs(round(contrast.more_percent)), 0)
    if contrast.more_percent < 0:
        return _("summer is lower by %(n)s %% than winter") % {"n": percent}
    return _("summer is higher by %(n)s %% than winter") % {"n": percent}


def evidence_text(contrast: Contrast) -> str:
    """Return how many years speak for it, and how far forecasts follow."""
    years = ngettext("%(n)s year seen", "%(n)s years seen", contrast.cycles)
    followed = _("followed to %(n)s %%") % {"n": formats.number(round(contrast.trust * 100), 0)}
    return f"{years % {'n': contrast.cycles}}, {followed}"
