"""The objects that URLs name: for each kind one in reach, one out of reach, one that never was.

Extend it beside your URLs: write a function `(world) -> Objects` under `@kind("order")`, and name
the kind in the rows of `tests/access_matrix.toml`. Build through factories; the world holds two
warehouses (`world.own_warehouse`, `world.foreign_warehouse`) and two channels in the same way.
People with scopes work in the own ones only; admin and auditor everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core import clock
from core.actors import SYSTEM
from core.models import AuditEntry
from core.models.people import Role, UserSession
from core.services import people, roles
from core.services.people import AccessDraft, InvitationDraft
from core.services.roles import RoleDraft
from tests.factories.core import NOW, make_key, make_user

if TYPE_CHECKING:
    from tests.access.world import World

Parameters = dict[str, Any]
ABSENT = 987_654_321


@dataclass(frozen=True)
class Objects:
    """URL parameters; `own` may depend on who asks, `foreign` is None where all is in reach."""

    own: Parameters | Callable[[str], Parameters]
    foreign: Parameters | Callable[[], Parameters] | None
    missing: Parameters | None

    def own_of(self, principal: str) -> Parameters:
        """Return the parameters of the object that this principal may reach."""
        return self.own(principal) if callable(self.own) else self.own

    def foreign_of(self) -> Parameters:
        """Return the parameters of the object that only some reach."""
        found = self.foreign() if callable(self.foreign) else self.foreign
        return found or {}


Builder = Callable[["World"], Objects]
BUILDERS: dict[str, Builder] = {}


def kind(name: str) -> Callable[[Builder], Builder]:
    """Register the builder of a kind of object."""

    def note(builder: Builder) -> Builder:
        BUILDERS[name] = builder
        return builder

    return note


def by_pk(own: Any, foreign: Any = None) -> Objects:
    """Return the parameters of URLs with `<int:pk>`."""
    return Objects(
        {"pk": own.pk}, {"pk": foreign.pk} if foreign is not None else None, {"pk": ABSENT}
    )


@kind("none")
def _none(world: World) -> Objects:
    return Objects({}, None, None)


@kind("user")
def _user(world: World) -> Objects:
    return by_pk(make_user("buyer"))


@kind("invitation")
def _invitation(world: World) -> Objects:
    draft = InvitationDraft("invited@example.com", access=AccessDraft(("operator",)))
    return by_pk(people.invite(draft, actor=SYSTEM, at=NOW))


@kind("invitation-token")
def _invitation_token(world: World) -> Objects:
    draft = InvitationDraft("second@example.com", access=AccessDraft(("operator",)))
    invitation = people.invite(draft, actor=SYSTEM, at=clock.now())
    return Objects({"token": people.invitation_token(invitation)}, None, {"token": "1.abc:forged"})


@kind("role")
def _role(world: World) -> Objects:
    source = Role.objects.get(code="buyer")
    draft = RoleDraft("buyer_own", "Buyer, our own", "", frozenset({"suppliers.view"}))
    return by_pk(roles.copy_role(source, draft, actor=SYSTEM, at=NOW))


@kind("api-key")
def _api_key(world: World) -> Objects:
    """Everybody has a key of their own; the foreign one is the company's."""
    own = {
        name: make_key({"orders.view"}, owner=user, name=f"Key of {name}").key.pk
        for name, user in world.users.items()
    }
    company = make_key({"orders.view"}, name="Company key").key
    return Objects(
        lambda principal: {"pk": own.get(principal, company.pk)},
        {"pk": company.pk},
        {"pk": ABSENT},
    )


@kind("session")
def _session(world: World) -> Objects:
    """Everybody has a second browser; the foreign one is somebody else's."""

    def made(user) -> int:
        return UserSession.objects.create(
            user=user, session_key=f"other-{user.pk}", signed_in_at=NOW, last_seen_at=NOW
        ).pk

    own = {name: made(user) for name, user in world.users.items()}
    stranger = made(make_user())
    return Objects(
        lambda principal: {"pk": own.get(principal, stranger)}, {"pk": stranger}, {"pk": ABSENT}
    )


@kind("passkey")
def _passkey(world: World) -> Objects:
    return Objects({"pk": ABSENT}, None, None)


@kind("reset-key")
def _reset_key(world: World) -> Objects:
    return Objects({"uidb36": "1", "key": "abc-def"}, None, None)


@kind("audit-entry")
def _audit_entry(world: World) -> Objects:
    return by_pk(AuditEntry.objects.order_by("pk").first())
