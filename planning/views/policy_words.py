"""The words of policies: whose decision, what is bought, which limits can't work, which facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from planning.domain.policies import PolicyFor
from planning.forms.policies import BUYING_CHOICES, buying_of
from planning.models import KindProposal, PolicyKind

SOURCES: Mapping[str, Promise] = {
    "default": pgettext_lazy("whose policy", "Kind"),
    "category": pgettext_lazy("whose policy", "Category"),
    "sku": pgettext_lazy("whose policy", "SKU"),
    "warehouse": pgettext_lazy("whose policy", "SKU here"),
}
#: How each kind is planned and the figure it is judged by (B-51 to B-54).
PLANNED: Mapping[str, Promise] = {
    "consumable": gettext_lazy("Safety stock; bought again every 30 to 90 days."),
    "upgrade": gettext_lazy("Stocked together with what is bought with it."),
    "durable": gettext_lazy("Made to order; under 10 % buy again within 12 months."),
    "seasonal": gettext_lazy("Bought in batches before the season, with data from outside."),
}
JUDGED: Mapping[str, Promise] = {
    "consumable": gettext_lazy("accuracy of the cycle"),
    "upgrade": gettext_lazy("share of cross purchases"),
    "durable": gettext_lazy("conversion of first visits"),
    "seasonal": gettext_lazy("error over the season"),
}
FACTS: Mapping[str, Promise] = {
    "months": gettext_lazy("months of sales"),
    "buyers": gettext_lazy("buyers watched for 12 months"),
    "repeat_share": gettext_lazy("bought again within 12 months"),
    "gap_days": gettext_lazy("days between purchases"),
    "gap_spread": gettext_lazy("spread of those days"),
    "spread": gettext_lazy("spread of those days over their median"),
    "cross_share": gettext_lazy("bought related goods later"),
    "season_ratio": gettext_lazy("best quarter over the mean quarter"),
}
SHARES = frozenset({"repeat_share", "cross_share", "spread"})


def shown(policy: PolicyFor) -> dict[str, Any]:
    """Return a policy as the templates show it."""
    return {
        "policy": policy,
        "kind": PolicyKind(policy.kind).label,
        "source": SOURCES[policy.source],
        "buying": dict(BUYING_CHOICES)[buying_of(policy.is_auto, policy.is_stopped)],
        "planned": PLANNED[policy.kind],
        "judged": JUDGED[policy.kind],
    }


def warning_text(code: str, skus: int = 0) -> str:
    """Return what is wrong with a limit, and what to do about it."""
    if code == "RED_BELOW_FASTEST_LEAD":
        text = gettext("Red begins below the fastest lead time: raise it or add a faster mode.")
    else:
        text = gettext("Yellow ends below the regular lead time: orders at yellow come late.")
    if not skus:
        return text
    counted = ngettext("%(n)s SKU", "%(n)s SKUs", skus) % {"n": skus}
    return f"{text} ({counted})"


def why_of(row: KindProposal) -> list[str]:
    """Return the facts that decided, each with its bound."""
    return [
        gettext("%(fact)s: %(value)s, bound %(bound)s")
        % {
            "fact": FACTS[reason["fact"]],
            "value": _number(reason["fact"], reason["value"]),
            "bound": _number(reason["fact"], reason["bound"]),
        }
        for reason in row.reasons
    ]


def facts_shown(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return every measured fact with its number."""
    return [
        (str(FACTS[name]), _number(name, value)) for name, value in facts.items() if name in FACTS
    ]


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.0f} %" if name in SHARES else f"{value:.3g}"
