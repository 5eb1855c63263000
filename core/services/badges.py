"""Badges and PINs: who they belong to, and how guessing is stopped.

A badge says who; the PIN proves it. Both together open a session on a registered floor device and
nowhere else. Guesses are counted on the person's row before a PIN is looked at, by one conditional
UPDATE: five wrong ones lock the badge for five minutes, ten for a quarter of an hour, so no badge
takes more than ten guesses in any quarter of an hour, however many devices guess at once.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from core import audit, pins, sessions
from core.actors import Actor
from core.errors import DomainError, InputRefused, StateConflict, gettext_noop
from core.models.people import User, UserSession

#: No vowels, no digit that looks like a letter: a code reads well and spells nothing.
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ23456789"
#: 28 ** 13 codes: guessing one is hopeless.
LENGTH: Final = 13
PREFIX: Final = "BDG-"
FIRST_LOCK_AT: Final = 5
FIRST_LOCK: Final = dt.timedelta(minutes=5)
SECOND_LOCK_AT: Final = 10
FORGET_AFTER: Final = dt.timedelta(minutes=15)
STRANGER: Final = Actor("customer", None, "anonymous")


class BadgeRefused(InputRefused):
    """Unknown badge, wrong PIN, no PIN set, or a suspended person: the answer is the same."""

    code = "BADGE_REFUSED"
    text = gettext_noop(
        "That badge and PIN don't belong together. Check both, or ask a manager for a new PIN."
    )


class BadgeLocked(DomainError):
    """Too many wrong PINs were typed for this badge; not even the right one helps now."""

    code = "BADGE_LOCKED"
    status = 422
    text = gettext_noop(
        "Too many wrong PINs. This badge waits %(minutes)s minutes; a manager can set a new PIN."
    )


class PersonSuspended(StateConflict):
    """A suspended person gets no badge and no PIN."""

    code = "PERSON_SUSPENDED"
    text = gettext_noop("This person is suspended. Reinstate the person first.")


@transaction.atomic
def issue_badge(user_id: int, *, actor: Actor, at: dt.datetime) -> str:
    """Give a person a new badge code and return it; the old one and its sessions end.

    Raises:
        PersonSuspended: the person is locked out.
    """
    code = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    if not User.objects.filter(pk=user_id, is_active=True).update(badge_code=code):
        raise PersonSuspended
    end_badge_sessions(user_id)
    audit.record(actor=actor, action="users.badge_issued", target=f"user:{user_id}", at=at)
    return code


@transaction.atomic
def revoke_badge(user_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Take the badge from a person; its sessions end. Repeatable."""
    held = User.objects.filter(pk=user_id, badge_code__isnull=False)
    if not held.update(badge_code=None):
        return
    end_badge_sessions(user_id)
    audit.record(actor=actor, action="users.badge_revoked", target=f"user:{user_id}", at=at)


@transaction.atomic
def set_pin(user_id: int, pin: str, *, actor: Actor, at: dt.datetime) -> None:
    """Set the PIN of a person, forget wrong tries, and end the sessions of the badge.

    Raises:
        PinShape, PinGuessable: the PIN is not worth typing.
        PersonSuspended: the person is locked out.
    """
    pins.check(pin)
    changed = User.objects.filter(pk=user_id, is_active=True).update(
        pin_hash=make_password(pin), pin_failed_count=0, pin_failed_at=None
    )
    if not changed:
        raise PersonSuspended
    end_badge_sessions(user_id)
    audit.record(actor=actor, action="users.pin_set", target=f"user:{user_id}", at=at)


def end_badge_sessions(user_id: int) -> int:
    """End the sessions that the person's badge opened; return how many. Repeatable."""
    held = UserSession.objects.filter(user_id=user_id, kind=UserSession.Kind.BADGE)
    return sessions.end(list(held.values_list("session_key", flat=True)))


def prove(code: str, pin: str, *, device: str, at: dt.datetime) -> User:
    """Return the person whose badge and PIN these are. `device` stands in the audit log.

    Costs as much time for an unknown badge as for a wrong PIN. Never call it in a transaction: a
    refusal must stay counted.

    Raises:
        BadgeRefused: they don't belong together, or to nobody who may sign in.
        BadgeLocked: five wrong PINs came before.
    """
    user: User | None = User.objects.filter(badge_code=code).first() if code else None
    if user is None or not user.is_active or not user.pin_hash:
        make_password(pin)
        _note_refusal(user, 0, device, at)
        raise BadgeRefused
    tries = _claim_guess(user.pk, at)
    if not tries:
        raise BadgeLocked(minutes=_minutes_left(user.pk, at))
    if not check_password(pin, user.pin_hash):
        _note_refusal(user, tries, device, at)
        if tries in {FIRST_LOCK_AT, SECOND_LOCK_AT}:
            raise BadgeLocked(minutes=_minutes_left(user.pk, at))
        raise BadgeRefused
    User.objects.filter(pk=user.pk).update(pin_failed_count=0, pin_failed_at=None)
    return user


def is_locked(user_id: int, *, at: dt.datetime) -> bool:
    """Return whether the person's badge waits after wrong PINs."""
    return not User.objects.filter(_is_open(at), pk=user_id).exists()


@transaction.atomic
def _claim_guess(user_id: int, at: dt.datetime) -> int:
    """Count one guess and return its number, or 0 while the badge is locked."""
    fresh = _is_forgotten(at)
    claimed = User.objects.filter(_is_open(at), pk=user_id).update(
        pin_failed_count=Case(When(fresh, then=Value(1)), default=F("pin_failed_count") + 1),
        pin_failed_at=at,
    )
    if not claimed:
        return 0
    number: int = User.objects.values_list("pin_failed_count", flat=True).get(pk=user_id)
    return number


def _is_forgotten(at: dt.datetime) -> Q:
    return Q(pin_failed_at__isnull=True) | Q(pin_failed_at__lte=at - FORGET_AFTER)


def _is_open(at: dt.datetime) -> Q:
    """Return the guard of the counter: the rows whose PIN may be guessed at now."""
    waited = Q(pin_failed_count=FIRST_LOCK_AT, pin_failed_at__lte=at - FIRST_LOCK)
    not_locked = ~Q(pin_failed_count__in=(FIRST_LOCK_AT, SECOND_LOCK_AT))
    return not_locked | waited | _is_forgotten(at)


def _minutes_left(user_id: int, at: dt.datetime) -> int:
    row = User.objects.values("pin_failed_count", "pin_failed_at").get(pk=user_id)
    lock = FORGET_AFTER if row["pin_failed_count"] >= SECOND_LOCK_AT else FIRST_LOCK
    since: dt.timedelta = at - (row["pin_failed_at"] or at)
    return max(1, math.ceil((lock - since) / dt.timedelta(minutes=1)))


@transaction.atomic
def _note_refusal(user: User | None, tries: int, device: str, at: dt.datetime) -> None:
    target = f"user:{user.pk}" if user else "user:unknown"
    after = {"device": device, "tries": tries}
    locks = tries in {FIRST_LOCK_AT, SECOND_LOCK_AT}
    for action in ("users.badge_refused", *(("users.badge_locked",) if locks else ())):
        audit.record(actor=STRANGER, action=action, target=target, after=after, at=at)
