"""The people who come without invitation: the first administrator, and those of the demo."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core import audit
from core.actors import SYSTEM
from core.errors import DomainError, NotPermitted, gettext_noop
from core.models.people import EVERY, User
from core.services import access
from core.services.people import AccessDraft, PersonExists, write_access


class AdministratorExists(DomainError):
    """The installation has somebody who manages people."""

    code = "ADMINISTRATOR_EXISTS"
    text = gettext_noop("There is an administrator already. Ask for an invitation.")


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who sets up a new installation. `password` was checked by the caller."""

    username: str
    email: str
    full_name: str
    password: str


@transaction.atomic
def create_first_administrator(draft: FirstAdministrator, *, at: dt.datetime) -> User:
    """Make the account that invites everyone else.

    Raises:
        AdministratorExists: somebody can manage people already.
        PersonExists: the user name or e-mail is taken.
    """
    access.lock_administration()
    if User.objects.holding("users.manage").exists():
        raise AdministratorExists
    if User.objects.filter(username__iexact=draft.username).exists():
        raise PersonExists(name=draft.username)
    user: User = User.objects.create(
        username=draft.username,
        email=draft.email,
        full_name=draft.full_name,
        password=make_password(draft.password),
        date_joined=at,
    )
    write_access(user, AccessDraft(("admin",), (EVERY,), (EVERY,)), SYSTEM.key, at)
    audit.record(actor=SYSTEM, action="users.first_administrator", target=f"user:{user.pk}", at=at)
    return user


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person of the demo: `role` is the code of the one role held."""

    username: str
    full_name: str
    role: str
    language: str = "en"
    warehouse_codes: tuple[str, ...] = (EVERY,)
    channel_codes: tuple[str, ...] = (EVERY,)


@transaction.atomic
def set_demo_people(
    drafts: Sequence[DemoPerson], *, production: bool, at: dt.datetime
) -> dict[str, str]:
    """Make or renew the demo's people; return a fresh random password for each user name.

    Raises:
        NotPermitted: this is production, which has no people anybody could know.
    """
    if production:
        raise NotPermitted
    passwords: dict[str, str] = {}
    for draft in drafts:
        passwords[draft.username] = secrets.token_urlsafe(12)
        user, _created = User.objects.update_or_create(
            username=draft.username,
            defaults={
                "full_name": draft.full_name,
                "language": draft.language,
                "email": f"{draft.username}@demo.invalid",
                "password": make_password(passwords[draft.username]),
            },
            create_defaults={
                "username": draft.username,
                "full_name": draft.full_name,
                "language": draft.language,
                "email": f"{draft.username}@demo.invalid",
                "password": make_password(passwords[draft.username]),
                "date_joined": at,
            },
        )
        given = AccessDraft((draft.role,), draft.warehouse_codes, draft.channel_codes)
        write_access(user, given, SYSTEM.key, at)
    return passwords
