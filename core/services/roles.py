"""Roles: built-in ones follow the code, copies belong to the company."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core import audit
from core.actors import Actor
from core.capabilities import BUILTIN_ROLES, DANGEROUS_PAIRS, require_known
from core.errors import DomainError, InputRefused, gettext_noop
from core.models.people import Role, RoleCapability, User
from core.services import access


class BuiltinRoleFixed(DomainError):
    """Built-in roles are the same in every installation."""

    code = "BUILTIN_ROLE_FIXED"
    text = gettext_noop(
        "“%(role)s” comes with Quayside and stays as it is. Copy it, and change the copy."
    )


class RoleInUse(DomainError):
    """People still hold the role."""

    code = "ROLE_IN_USE"
    text = gettext_noop(
        "%(holders)s people hold this role. Give them another one first, then archive it."
    )


class RoleNameTaken(InputRefused):
    """Two roles can't share a name's code."""

    code = "ROLE_NAME_TAKEN"
    text = gettext_noop("A role with the code “%(code)s” exists. Choose another code.")


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What a copied role is called and grants."""

    code: str
    name: str
    description: str
    capabilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class RoleDifference:
    """How a copied role differs from the role it was copied from."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


@transaction.atomic
def sync_builtin_roles() -> int:
    """Make the built-in roles of the database equal the code; return how many grants changed.

    Repeatable; runs after every migration.
    """
    changed = 0
    for builtin in BUILTIN_ROLES.values():
        role, _created = Role.objects.update_or_create(
            code=builtin.code,
            defaults={
                "name": _english(builtin.name),
                "description": _english(builtin.text),
                "is_builtin": True,
                "archived": False,
            },
        )
        changed += _set_capabilities(role, builtin.capabilities)
    return changed


def _english(lazy_text: Any) -> str:
    from django.utils import translation  # noqa: PLC0415  # keeps the module's top free of state

    with translation.override("en"):
        return str(lazy_text)


def _set_capabilities(role: Role, wanted: Iterable[str]) -> int:
    held = set(role.grants.values_list("capability", flat=True))
    surplus, missing = held - set(wanted), set(wanted) - held
    role.grants.filter(capability__in=surplus).delete()
    RoleCapability.objects.bulk_create(
        [RoleCapability(role=role, capability=code) for code in sorted(missing)]
    )
    return len(surplus) + len(missing)


@transaction.atomic
def copy_role(source: Role, draft: RoleDraft, *, actor: Actor, at: dt.datetime) -> Role:
    """Create a role of the company from another one.

    Raises:
        RoleNameTaken: the code is in use.
        LookupError: an unknown capability.
    """
    wanted = require_known(draft.capabilities)
    if Role.objects.filter(code=draft.code).exists():
        raise RoleNameTaken(code=draft.code)
    role = Role.objects.create(
        code=draft.code,
        name=draft.name,
        description=draft.description,
        based_on=source,
        created_at=at,
    )
    _set_capabilities(role, wanted)
    audit.record(
        actor=actor,
        action="roles.copied",
        target=f"role:{role.pk}",
        before={"source": source.code},
        after={"code": role.code, "capabilities": sorted(wanted)},
        at=at,
    )
    return role


@transaction.atomic
def edit_role(role_id: int, draft: RoleDraft, *, actor: Actor, at: dt.datetime) -> Role:
    """Change a role of the company; its holders must sign in again.

    Raises:
        BuiltinRoleFixed: the role comes with the product.
        LastAdministrator: nobody could manage people afterwards.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.is_builtin:
        raise BuiltinRoleFixed(role=role.name)
    wanted = require_known(draft.capabilities)
    before = sorted(role.grants.values_list("capability", flat=True))
    role.name, role.description = draft.name, draft.description
    role.save(update_fields=["name", "description"])
    if _set_capabilities(role, wanted):
        access.check_an_administrator_is_left()
        for holder in User.objects.filter(role_grants__role=role).order_by("pk"):
            access.end_access(holder, reason="role_changed", actor=actor, at=at)
    audit.record(
        actor=actor,
        action="roles.edited",
        target=f"role:{role.pk}",
        before={"capabilities": before},
        after={"name": role.name, "capabilities": sorted(wanted)},
        at=at,
    )
    return role


@transaction.atomic
def archive_role(role_id: int, *, actor: Actor, at: dt.datetime) -> Role:
    """Take a role of the company out of use. Repeatable.

    Raises:
        BuiltinRoleFixed: the role comes with the product.
        RoleInUse: people hold it.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.is_builtin:
        raise BuiltinRoleFixed(role=role.name)
    holders = role.user_grants.count()
    if holders:
        raise RoleInUse(holders=holders)
    if not role.archived:
        role.archived = True
        role.save(update_fields=["archived"])
        audit.record(
            actor=actor, action="roles.archived", target=f"role:{role.pk}", reason="", at=at
        )
    return role


def difference(role: Role) -> RoleDifference | None:
    """Return how a copy differs from its source; None for a role that is no copy."""
    if role.based_on is None:
        return None
    own = set(role.grants.values_list("capability", flat=True))
    theirs = set(role.based_on.grants.values_list("capability", flat=True))
    return RoleDifference(tuple(sorted(own - theirs)), tuple(sorted(theirs - own)))


def dangers(capabilities: Iterable[str]) -> Sequence[str]:
    """Return a sentence for each pair of capabilities that no one person should hold."""
    held = frozenset(capabilities)
    return [str(text) for first, second, text in DANGEROUS_PAIRS if {first, second} <= held]
