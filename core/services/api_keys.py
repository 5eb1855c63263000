"""API keys: made once, shown once, kept as a hash; rotated, revoked, and found again by prefix."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.capabilities import HUMAN_ONLY, require_known
from core.errors import InputRefused, StateConflict, gettext_noop
from core.models.people import ApiKey, User

TOKEN_START = "qk_"  # noqa: S105  # the public beginning of every key, so that scanners find leaks
_PREFIX_BYTES = 5
_SECRET_BYTES = 32
SEEN_EVERY = dt.timedelta(minutes=1)
UNUSED_AFTER = dt.timedelta(days=90)


class KeyNotAllowed(InputRefused):
    """A key may never do what only a signed-in person may."""

    code = "KEY_NOT_ALLOWED"
    text = gettext_noop("A key can't hold %(capabilities)s. Leave it out.")


class KeyOver(StateConflict):
    """The key was revoked before."""

    code = "KEY_OVER"
    text = gettext_noop("This key is revoked. Create a new one.")


class BadNetwork(InputRefused):
    """Not an address or a network."""

    code = "BAD_NETWORK"
    text = gettext_noop(
        "“%(value)s” is not an address or network. Write 203.0.113.7 or 203.0.113.0/24."
    )


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """What a new key may do, where, from which networks, until when. `None` scopes mean all."""

    name: str
    capabilities: frozenset[str]
    warehouse_codes: tuple[str, ...] | None = None
    channel_codes: tuple[str, ...] | None = None
    allowed_networks: tuple[str, ...] = ()
    expires_at: dt.datetime | None = None
    owner: User | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key and its secret. The secret exists only here: show it once."""

    key: ApiKey
    token: str


@transaction.atomic
def issue(draft: KeyDraft, *, actor: Actor, at: dt.datetime) -> IssuedKey:
    """Make a key.

    Raises:
        KeyNotAllowed: it asks for what only people may do.
        BadNetwork: an entry of the network list can't be read.
        LookupError: an unknown capability.
    """
    _check(draft)
    issued = _create(draft, actor, at)
    audit.record(
        actor=actor,
        action="api_keys.issued",
        target=f"api_key:{issued.key.pk}",
        after={
            "name": draft.name,
            "capabilities": sorted(draft.capabilities),
            "owner": f"user:{draft.owner.pk}" if draft.owner else "",
        },
        at=at,
    )
    return issued


def _check(draft: KeyDraft) -> None:
    forbidden = require_known(draft.capabilities) & HUMAN_ONLY
    if forbidden:
        raise KeyNotAllowed(capabilities=", ".join(sorted(forbidden)))
    parse_networks(draft.allowed_networks)


def parse_networks(
    values: Sequence[str],
) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the networks written in these texts.

    Raises:
        BadNetwork: one of them is no network.
    """
    found = []
    for value in values:
        try:
            found.append(ipaddress.ip_network(value, strict=False))
        except ValueError:
            raise BadNetwork(value=value) from None
    return found


def _create(
    draft: KeyDraft, actor: Actor, at: dt.datetime, replaces: ApiKey | None = None
) -> IssuedKey:
    prefix, secret = secrets.token_hex(_PREFIX_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    token = f"{TOKEN_START}{prefix}_{secret}"
    key = ApiKey.objects.create(
        name=draft.name,
        prefix=prefix,
        secret_hash=_hash(token),
        owner=draft.owner,
        capabilities=sorted(draft.capabilities),
        warehouse_codes=_listed(draft.warehouse_codes),
        channel_codes=_listed(draft.channel_codes),
        allowed_networks=list(draft.allowed_networks),
        expires_at=draft.expires_at,
        created_at=at,
        created_by_key=actor.key,
        replaces=replaces,
    )
    return IssuedKey(key, token)


def _listed(codes: tuple[str, ...] | None) -> list[str] | None:
    return None if codes is None else sorted(set(codes))


def _hash(token: str) -> str:
    """Return SHA-256 of the token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def rotate(key_id: int, *, actor: Actor, at: dt.datetime, overlap: dt.timedelta) -> IssuedKey:
    """Make a successor with the same rights; the old key ends after `overlap`.

    Raises:
        KeyOver: the key is revoked, expired or was rotated before.
    """
    old = ApiKey.objects.select_for_update().get(pk=key_id)
    if not old.is_usable(at) or ApiKey.objects.filter(replaces=old).exists():
        raise KeyOver
    ends_at = min(at + overlap, old.expires_at or at + overlap)
    if overlap > dt.timedelta(0):
        ApiKey.objects.filter(pk=old.pk).update(expires_at=ends_at)
    else:
        ApiKey.objects.filter(pk=old.pk).update(revoked_at=at, revoke_reason="rotated")
    draft = KeyDraft(
        name=old.name,
        capabilities=frozenset(old.capabilities),
        warehouse_codes=_as_tuple(old.warehouse_codes),
        channel_codes=_as_tuple(old.channel_codes),
        allowed_networks=tuple(old.allowed_networks),
        expires_at=old.expires_at,
        owner=old.owner,
    )
    issued = _create(draft, actor, at, replaces=old)
    audit.record(
        actor=actor,
        action="api_keys.rotated",
        target=f"api_key:{old.pk}",
        after={"successor": issued.key.pk},
        at=at,
    )
    return issued


def _as_tuple(codes: list[str] | None) -> tuple[str, ...] | None:
    return None if codes is None else tuple(codes)


@transaction.atomic
def revoke(key_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> ApiKey:
    """End a key at once. Repeatable: the first reason stays."""
    changed = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).update(
        revoked_at=at, revoke_reason=reason[:200]
    )
    if changed:
        audit.record(
            actor=actor, action="api_keys.revoked", target=f"api_key:{key_id}", reason=reason, at=at
        )
    return ApiKey.objects.get(pk=key_id)


def find_by_token(token: str, *, ip: str | None, at: dt.datetime) -> ApiKey | None:
    """Return the key a caller presents, if it opens the API now and from that address."""
    prefix = token.removeprefix(TOKEN_START).partition("_")[0]
    if not token.startswith(TOKEN_START) or not prefix:
        return None
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix).first()
    known = hmac.compare_digest(key.secret_hash if key else "0" * 64, _hash(token))
    if key is None or not known or not key.is_usable(at):
        return None
    if key.owner is not None and not key.owner.is_active:
        return None
    return key if _from_allowed(key, ip) else None


def _from_allowed(key: ApiKey, ip: str | None) -> bool:
    if not key.allowed_networks:
        return True
    if ip is None:
        return False
    address = ipaddress.ip_address(ip)
    return any(address in network for network in parse_networks(key.allowed_networks))


def note_use(key: ApiKey, *, ip: str | None, at: dt.datetime) -> None:
    """Remember when and from where a key was used, at most once a minute."""
    if key.last_used_at is not None and at - key.last_used_at < SEEN_EVERY:
        return
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=at, last_used_ip=ip)
