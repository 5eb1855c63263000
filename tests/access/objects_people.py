"""Objects of accounts: trusted browsers, requests to reset a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core import clock
from core.actors import Actor
from core.models import TrustedBrowser
from core.services import second_factor_resets, trusted_browsers
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories.core import NOW, make_user, with_second_factor

if TYPE_CHECKING:
    from tests.access.world import World


@kind("trusted-browser")
def _trusted_browser(world: World) -> Objects:
    """Everybody has one, of older days even those who may trust none; the foreign is another's."""

    def made(user) -> int:
        return TrustedBrowser.objects.create(
            user=user,
            token_hash=trusted_browsers.token_hash(f"browser of {user.pk}"),
            trusted_at=NOW,
            expires_at=NOW + trusted_browsers.TRUSTED_FOR,
        ).pk

    own = {name: made(user) for name, user in world.users.items()}
    stranger = made(make_user())
    return Objects(
        lambda principal: {"pk": own.get(principal, stranger)}, {"pk": stranger}, {"pk": ABSENT}
    )


@kind("second-factor-reset")
def _second_factor_reset(world: World) -> Objects:
    asker, subject = make_user("admin"), make_user("buyer")
    with_second_factor(subject)
    actor = Actor("user", asker.pk, str(asker))
    return by_pk(second_factor_resets.ask(subject.pk, reason="lost", actor=actor, at=clock.now()))
