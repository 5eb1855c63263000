"""The list of substitutes: which SKU may be sent in place of which, in what ratio and order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.domain.substitutes import SubstituteDraft
from inventory.models import Sku, Substitute


class SubstituteRefused(InputRefused):
    """A pair names an unknown SKU, a SKU for itself, or no ratio."""

    code = "SUBSTITUTE_REFUSED"
    text = gettext_noop("%(sku)s can't be replaced by %(substitute)s. Check codes and ratio.")


@transaction.atomic
def save_substitutes(
    drafts: Sequence[SubstituteDraft], *, actor: Actor, at: dt.datetime
) -> list[Substitute]:
    """Create or change pairs by their two codes; return them in the order given. Repeatable.

    Raises:
        SubstituteRefused: a pair makes no sense; nothing is written.
    """
    codes = {code for draft in drafts for code in (draft.sku_code, draft.substitute_code)}
    skus = {row.code: row for row in Sku.objects.filter(code__in=codes).order_by("pk")}
    saved = []
    for draft in drafts:
        known = draft.sku_code in skus and draft.substitute_code in skus
        if not known or draft.sku_code == draft.substitute_code or min(draft.num, draft.den) < 1:
            raise SubstituteRefused(sku=draft.sku_code, substitute=draft.substitute_code)
        row, _made = Substitute.objects.update_or_create(
            sku=skus[draft.sku_code],
            substitute=skus[draft.substitute_code],
            defaults={
                "num": draft.num,
                "den": draft.den,
                "rank": draft.rank,
                "is_active": True,
            },
        )
        audit.record(
            actor=actor,
            action="inventory.substitute_saved",
            target=f"sku:{row.sku_id}",
            after={"substitute": draft.substitute_code, "ratio": f"{draft.num}:{draft.den}"},
            at=at,
        )
        saved.append(row)
    return saved
