"""How long a signed-in browser may stay: idle and absolute limits, the list, and the end of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from core.models.people import User, UserSession

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from core.permissions import Principal

#: Idle time after which a back-office browser must sign in again.
OFFICE_IDLE = dt.timedelta(hours=2)
#: The same for people who only work on the floor: a shift, breaks included.
FLOOR_IDLE = dt.timedelta(hours=12)
#: A shared floor device locks itself much sooner, and asks again with every shift.
BADGE_IDLE = dt.timedelta(minutes=30)
BADGE_ABSOLUTE = dt.timedelta(hours=12)
#: The cookie by which a registered floor device is known; the database keeps its SHA-256.
DEVICE_COOKIE = "q_device"
#: No session lives longer than this, however busy.
ABSOLUTE = dt.timedelta(days=7)
#: The last-seen time is written at most this often, so that pages stay free of writes.
SEEN_EVERY = dt.timedelta(minutes=1)
FLOOR_ROLES = frozenset({"operator"})

_STARTED = "quayside_started_at"
_SEEN = "quayside_seen_at"
_LISTED = "quayside_listed_as"
_BADGE = "quayside_badge"


def client_ip(request: HttpRequest) -> str | None:
    """Return the address of the browser: the hop before our own proxies, never what it claims."""
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted = settings.TRUSTED_PROXY_COUNT
    found = request.META.get("REMOTE_ADDR", "")
    if trusted and len(hops) >= trusted:
        found = hops[-trusted]
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return None


def hash_device_token(token: str) -> str:
    """Return what is stored of a device's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def device_hash(request: HttpRequest) -> str:
    """Return the stored form of the device token this browser sent, or nothing without one."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    return hash_device_token(token) if token else ""


def is_badge(session: SessionBase) -> bool:
    """Say whether a badge and PIN on a shared floor device opened the session."""
    return _BADGE in session


def badge_warehouse(session: SessionBase) -> str:
    """Return the code of the warehouse in which the shared device stands."""
    return str(session[_BADGE]["warehouse"])


def left_device(request: HttpRequest) -> bool:
    """Say whether a badge session is used without the device it was opened on."""
    if not is_badge(request.session):
        return False
    return not secrets.compare_digest(request.session[_BADGE]["device"], device_hash(request))


def begin_on_device(
    request: HttpRequest, user: User, principal: Principal, *, warehouse: str, now: dt.datetime
) -> UserSession:
    """Open a session for a badge and PIN, bound to this device; whoever was signed in is out.

    The session gets a new key, and no proof of identity goes along: what asks for one stays shut.
    """
    former = request.session.session_key
    end([former] if former else [])
    request.session.flush()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[_BADGE] = {"device": device_hash(request), "warehouse": warehouse}
    begin(request, user, principal, now)
    return UserSession.objects.get(session_key=request.session.session_key)


def idle_limit(principal: Principal) -> dt.timedelta:
    """Return how long this person may be idle: floor-only people keep the session for a shift."""
    on_floor_only = bool(principal.roles) and principal.roles <= FLOOR_ROLES
    return FLOOR_IDLE if on_floor_only else OFFICE_IDLE


def begin(request: HttpRequest, user: User, principal: Principal, now: dt.datetime) -> None:
    """Note the start of a signed-in session and list it. Called by the session middleware."""
    session = request.session
    session[_STARTED] = session[_SEEN] = now.isoformat()
    if session.session_key is None:
        session.save()
    session[_LISTED] = session.session_key
    kinds = UserSession.Kind
    kind = kinds.FLOOR if idle_limit(principal) == FLOOR_IDLE else kinds.OFFICE
    UserSession.objects.update_or_create(
        session_key=session.session_key,
        defaults={
            "user": user,
            "kind": kinds.BADGE if is_badge(session) else kind,
            "ip_address": client_ip(request),
            "user_agent": request.headers.get("User-Agent", "")[:300],
            "signed_in_at": now,
            "last_seen_at": now,
        },
    )


def is_begun(session: SessionBase) -> bool:
    """Say whether the session was noted by `begin`."""
    return _STARTED in session


def is_over(session: SessionBase, principal: Principal, now: dt.datetime) -> bool:
    """Say whether the session passed its idle or its absolute limit."""
    started = dt.datetime.fromisoformat(session[_STARTED])
    seen = dt.datetime.fromisoformat(session[_SEEN])
    on_badge = is_badge(session)
    idle = BADGE_IDLE if on_badge else idle_limit(principal)
    return now - started > (BADGE_ABSOLUTE if on_badge else ABSOLUTE) or now - seen > idle


def touch(session: SessionBase, now: dt.datetime) -> None:
    """Move the last-seen time, at most once a minute, and follow a session that got a new key."""
    if session.get(_LISTED) != session.session_key:
        rows = UserSession.objects.filter(session_key=session.get(_LISTED, ""))
        rows.update(session_key=session.session_key)
        session[_LISTED] = session.session_key
    if now - dt.datetime.fromisoformat(session[_SEEN]) < SEEN_EVERY:
        return
    session[_SEEN] = now.isoformat()
    UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)


@transaction.atomic
def end(session_keys: Collection[str]) -> int:
    """End these sessions at once; return how many were listed. Repeatable."""
    Session.objects.filter(session_key__in=session_keys).delete()
    return UserSession.objects.filter(session_key__in=session_keys).delete()[0]


@transaction.atomic
def keep_only(request: HttpRequest, user: User) -> int:
    """End every session of the person but this one, listed or not; return how many were listed."""
    ended = end_all(user, but=request.session.session_key)
    User.objects.filter(pk=user.pk).update(session_stamp=F("session_stamp") + 1)
    user.refresh_from_db(fields=["session_stamp"])
    update_session_auth_hash(request, user)
    return ended


@transaction.atomic
def end_all(user: User, *, but: str | None = None) -> int:
    """End every session of a person, or all but the one with the key `but`; return how many.

    Without `but` the person's session stamp moves on too, so that a session nobody listed ends
    with its next request.
    """
    keys = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    ended = end(list(keys.values_list("session_key", flat=True)))
    if but is None:
        User.objects.filter(pk=user.pk).update(session_stamp=F("session_stamp") + 1)
        user.refresh_from_db(fields=["session_stamp"])
    return ended
