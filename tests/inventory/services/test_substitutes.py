"""The substitute list is saved by code, and a pair without sense is refused."""

from __future__ import annotations

import pytest

from core.actors import SYSTEM
from inventory.domain.substitutes import SubstituteDraft
from inventory.models import Substitute
from inventory.services.substitutes import SubstituteRefused, save_substitutes
from tests.factories import orders as make

pytestmark = pytest.mark.django_db


def test_x10_a_pair_is_saved_by_its_codes_and_changed_by_the_next_save():
    make.sku("TWELVE"), make.sku("SIX")
    drafts = (SubstituteDraft("TWELVE", "SIX"), SubstituteDraft("TWELVE", "SIX", num=2))

    for draft in drafts:
        save_substitutes([draft], actor=SYSTEM, at=make.NOW)

    assert list(Substitute.objects.values_list("sku__code", "substitute__code", "num", "den")) == [
        ("TWELVE", "SIX", 2, 1)
    ]


@pytest.mark.parametrize(
    "draft",
    [
        SubstituteDraft("SIX", "SIX"),
        SubstituteDraft("SIX", "NONE"),
        SubstituteDraft("TWELVE", "SIX", num=0),
        SubstituteDraft("TWELVE", "SIX", den=0),
    ],
)
def test_x10_a_pair_without_sense_is_refused_whole(draft):
    make.sku("TWELVE"), make.sku("SIX")

    with pytest.raises(SubstituteRefused):
        save_substitutes([SubstituteDraft("TWELVE", "SIX"), draft], actor=SYSTEM, at=make.NOW)

    assert not Substitute.objects.exists()
