"""Objects of the component kit: saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.models import SavedView
from tests.access.objects import ABSENT, Objects, kind
from tests.factories.core import NOW, make_user

if TYPE_CHECKING:
    from tests.access.world import World


@kind("saved-view")
def _saved_view(world: World) -> Objects:
    """Everybody keeps a view of their own; a shared one is its owner's to remove."""

    def made(user, *, is_shared: bool = False) -> int:
        return SavedView.objects.create(
            owner=user, screen="jobs", name="Mine", is_shared=is_shared, created_at=NOW
        ).pk

    own = {name: made(user) for name, user in world.users.items()}
    stranger = made(make_user(), is_shared=True)
    return Objects(
        lambda principal: {"pk": own.get(principal, stranger)}, {"pk": stranger}, {"pk": ABSENT}
    )
