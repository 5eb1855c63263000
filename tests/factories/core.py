"""People, keys and sign-in for tests."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from core.actors import SYSTEM
from core.capabilities import EVERYTHING, HUMAN_ONLY
from core.models import EVERY, User
from core.models.people import Role, UserRole, UserScope
from core.permissions import Principal, principal_for_user
from core.services import api_keys
from core.services.api_keys import IssuedKey, KeyDraft

NOW = dt.datetime(2026, 4, 21, 9, 0, tzinfo=dt.UTC)
PASSWORD = "calm harbor seven lanterns"
TOTP_SECRET = "JBSWY3DPEHPK3PXP"
_serial = itertools.count(1)


def make_user(
    role: str | Iterable[str] = (),
    *,
    warehouses: Iterable[str] | None = None,
    channels: Iterable[str] | None = None,
    **fields,
) -> User:
    """Return a person with these roles; scopes of None mean all, an empty list none."""
    number = next(_serial)
    fields.setdefault("username", f"person{number}")
    fields.setdefault("email", f"{fields['username']}@example.com")
    fields.setdefault("full_name", f"Person {number}")
    password = fields.pop("password", None)
    user = User(**fields)
    user.set_password(password) if password else user.set_unusable_password()
    user.save()
    for code in (role,) if isinstance(role, str) else role:
        UserRole.objects.create(user=user, role=Role.objects.get(code=code))
    for kind, codes in (("warehouse", warehouses), ("channel", channels)):
        for code in (EVERY,) if codes is None else codes:
            UserScope.objects.create(user=user, kind=kind, code=code)
    return user


def principal(role: str | Iterable[str] = (), **options) -> Principal:
    """Return the principal of a new person."""
    return principal_for_user(make_user(role, **options))


def sign_in(client: Client, user: User, *, recent: bool = True) -> Client:
    """Sign the person in; `recent` also leaves the proof that sensitive acts ask for."""
    client.force_login(user)
    if recent:
        prove_identity(client, user)
    return client


def prove_identity(client: Client, user: User, *, seconds_ago: float = 0) -> None:
    """Leave the proof of identity in the client's session."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def with_second_factor(user: User) -> Authenticator:
    """Give the person an authenticator app and recovery codes."""
    RecoveryCodes.activate(user)
    return TOTP.activate(user, TOTP_SECRET).instance


def code_now() -> str:
    """Return what the app of `with_second_factor` shows at this moment."""
    return format_hotp_value(hotp_value(TOTP_SECRET, next(iter(yield_hotp_counters_from_time()))))


def make_key(capabilities: Iterable[str] | None = None, **fields) -> IssuedKey:
    """Return a key and its secret; without a list it may do all that a key can."""
    allowed = EVERYTHING - HUMAN_ONLY if capabilities is None else frozenset(capabilities)
    fields.setdefault("name", "Shop sync")
    at = fields.pop("at", NOW)
    return api_keys.issue(KeyDraft(capabilities=allowed, **fields), actor=SYSTEM, at=at)


def bearer(token: str) -> dict[str, str]:
    """Return the header a caller sends."""
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}
