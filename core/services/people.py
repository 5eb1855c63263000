"""People: invited, given roles and scopes, suspended. Changes are audited and hold at once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import IntegrityError, transaction

from core import audit, sessions
from core.actors import Actor
from core.errors import DomainError, InputRefused, NotFound, NotPermitted, gettext_noop
from core.models.people import EVERY, Invitation, Role, User, UserRole, UserScope
from core.services import access, trusted_browsers

INVITATION_LIFE = dt.timedelta(hours=72)
_SALT = "quayside.invitation"


class PersonExists(InputRefused):
    """The e-mail or user name belongs to somebody already."""

    code = "PERSON_EXISTS"
    text = gettext_noop("“%(name)s” is in use. Open that person's page, or use another one.")


class InvitationOpen(DomainError):
    """An invitation to this address is still open."""

    code = "INVITATION_OPEN"
    text = gettext_noop("%(email)s has an open invitation. Send that one again, or withdraw it.")


class InvitationOver(NotFound):
    """The link was used, withdrawn, is too old, or was never ours."""

    code = "INVITATION_OVER"
    status = 410
    text = gettext_noop("This link no longer works. Ask your administrator to send a new one.")


class OwnRightsFixed(NotPermitted):
    """Nobody changes what they themselves may do."""

    code = "OWN_RIGHTS_FIXED"
    text = gettext_noop("You can't change your own access. Another administrator can.")


class UnknownRole(InputRefused):
    """A role code that is unknown or archived."""

    code = "UNKNOWN_ROLE"
    text = gettext_noop("There is no role “%(role)s”. Choose one from the list.")


@dataclass(frozen=True, slots=True)
class AccessDraft:
    """What a person may do and where. Scope codes: a list, `("*",)` for all, empty for none."""

    roles: tuple[str, ...] = ()
    warehouse_codes: tuple[str, ...] = ()
    channel_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """Whom to invite, in which language, with which access."""

    email: str
    full_name: str = ""
    language: str = "en"
    access: AccessDraft = field(default_factory=AccessDraft)


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """What a person chooses when accepting an invitation. `password` was checked by the form."""

    username: str
    full_name: str
    password: str


@transaction.atomic
def invite(draft: InvitationDraft, *, actor: Actor, at: dt.datetime) -> Invitation:
    """Open an invitation. `invitation_token` gives the text for its link.

    Raises:
        PersonExists: somebody with this e-mail has an account.
        InvitationOpen: an invitation to it waits for an answer.
        UnknownRole: a role code is unknown.
    """
    _roles(draft.access.roles)
    if User.objects.filter(email__iexact=draft.email).exists():
        raise PersonExists(name=draft.email)
    if Invitation.objects.open().filter(email__iexact=draft.email, expires_at__gt=at).exists():
        raise InvitationOpen(email=draft.email)
    Invitation.objects.open().filter(email__iexact=draft.email).update(withdrawn_at=at)
    invitation = Invitation.objects.create(
        email=draft.email,
        full_name=draft.full_name,
        language=draft.language,
        roles=list(draft.access.roles),
        warehouse_codes=list(draft.access.warehouse_codes),
        channel_codes=list(draft.access.channel_codes),
        nonce=secrets.token_hex(16),
        created_at=at,
        created_by_key=actor.key,
        expires_at=at + INVITATION_LIFE,
    )
    audit.record(
        actor=actor,
        action="users.invited",
        target=f"invitation:{invitation.pk}",
        after=asdict(draft.access),
        at=at,
    )
    return invitation


@transaction.atomic
def renew_invitation(invitation_id: int, *, actor: Actor, at: dt.datetime) -> Invitation:
    """Give an open invitation a new link and three more days; the old link ends.

    Raises:
        InvitationOver: it was accepted or withdrawn.
    """
    changed = (
        Invitation.objects.open()
        .filter(pk=invitation_id)
        .update(nonce=secrets.token_hex(16), expires_at=at + INVITATION_LIFE)
    )
    if not changed:
        raise InvitationOver
    audit.record(actor=actor, action="users.reinvited", target=f"invitation:{invitation_id}", at=at)
    return Invitation.objects.get(pk=invitation_id)


@transaction.atomic
def withdraw_invitation(invitation_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """End an open invitation; its link stops working at once.

    Raises:
        InvitationOver: it was accepted or withdrawn before.
    """
    if not Invitation.objects.open().filter(pk=invitation_id).update(withdrawn_at=at):
        raise InvitationOver
    audit.record(
        actor=actor,
        action="users.invitation_withdrawn",
        target=f"invitation:{invitation_id}",
        at=at,
    )


def invitation_token(invitation: Invitation) -> str:
    """Return the signed text that opens this invitation; the same until it is renewed."""
    return signing.Signer(salt=_SALT).sign(f"{invitation.pk}.{invitation.nonce}")


def read_invitation(token: str, *, at: dt.datetime) -> Invitation:
    """Return the open invitation behind a link.

    Raises:
        InvitationOver: the link is forged, used, withdrawn or too old; the answer is the same.
    """
    try:
        number, _dot, nonce = signing.Signer(salt=_SALT).unsign(token).partition(".")
    except signing.BadSignature:
        raise InvitationOver from None
    found = Invitation.objects.open().filter(pk=int(number), nonce=nonce, expires_at__gt=at).first()
    if found is None:
        raise InvitationOver
    return found


@transaction.atomic
def accept_invitation(token: str, draft: AccountDraft, *, at: dt.datetime) -> User:
    """Make the invited person's account and close the link.

    Raises:
        InvitationOver: the link does not work any more.
        PersonExists: the user name is taken.
    """
    invitation = read_invitation(token, at=at)
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(accepted_at=at)
    if not taken:
        raise InvitationOver
    user = _create(draft, invitation, at)
    Invitation.objects.filter(pk=invitation.pk).update(user=user)
    given = AccessDraft(
        tuple(invitation.roles), tuple(invitation.warehouse_codes), tuple(invitation.channel_codes)
    )
    write_access(user, given, invitation.created_by_key, at)
    audit.record(
        actor=Actor("user", user.pk, str(user)),
        action="users.joined",
        target=f"user:{user.pk}",
        after=asdict(given),
        at=at,
    )
    return user


def _create(draft: AccountDraft, invitation: Invitation, at: dt.datetime) -> User:
    if User.objects.filter(username__iexact=draft.username).exists():
        raise PersonExists(name=draft.username)
    try:
        with transaction.atomic():
            user: User = User.objects.create(
                username=draft.username,
                full_name=draft.full_name,
                email=invitation.email,
                language=invitation.language,
                password=make_password(draft.password),
                date_joined=at,
            )
    except IntegrityError:
        raise PersonExists(name=draft.username) from None
    return user


@transaction.atomic
def set_access(user_id: int, draft: AccessDraft, *, actor: Actor, at: dt.datetime) -> User:
    """Set what a person may do and where; the person must sign in again when it changes.

    Raises:
        OwnRightsFixed: the actor is that person.
        UnknownRole: a role code is unknown.
        LastAdministrator: nobody could manage people afterwards.
    """
    if actor.key == f"user:{user_id}":
        raise OwnRightsFixed
    access.lock_administration()
    user: User = User.objects.select_for_update().get(pk=user_id)
    before = access_of(user)
    if _same(before, draft):
        return user
    write_access(user, draft, actor.key, at)
    access.check_an_administrator_is_left()
    access.end_access(user, reason="access_changed", actor=actor, at=at)
    audit.record(
        actor=actor,
        action="users.access_changed",
        target=f"user:{user.pk}",
        before=asdict(before),
        after=asdict(draft),
        at=at,
    )
    return user


def access_of(user: User) -> AccessDraft:
    """Return what a person may do and where, as it stands."""
    scopes = list(user.scopes.order_by("code").values_list("kind", "code"))
    roles = user.role_grants.order_by("role__code").values_list("role__code", flat=True)
    return AccessDraft(
        roles=tuple(roles),
        warehouse_codes=tuple(code for kind, code in scopes if kind == "warehouse"),
        channel_codes=tuple(code for kind, code in scopes if kind == "channel"),
    )


def _same(first: AccessDraft, second: AccessDraft) -> bool:
    return all(
        set(one) == set(other)
        for one, other in (
            (first.roles, second.roles),
            (first.warehouse_codes, second.warehouse_codes),
            (first.channel_codes, second.channel_codes),
        )
    )


def _roles(codes: Sequence[str]) -> list[Role]:
    found = {role.code: role for role in Role.objects.current().filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise UnknownRole(role=code)
    return list(found.values())


def write_access(user: User, draft: AccessDraft, granted_by: str, at: dt.datetime) -> None:
    """Make roles and scopes of a person equal the draft. Only services of people call it.

    Raises:
        UnknownRole: a role code is unknown or archived.
    """
    roles = _roles(draft.roles)
    user.role_grants.exclude(role__in=roles).delete()
    held = set(user.role_grants.values_list("role_id", flat=True))
    UserRole.objects.bulk_create(
        UserRole(user=user, role=role, granted_at=at, granted_by_key=granted_by)
        for role in roles
        if role.pk not in held
    )
    user.scopes.all().delete()
    UserScope.objects.bulk_create(
        UserScope(user=user, kind=kind, code=code)
        for kind, codes in (
            (UserScope.Kind.WAREHOUSE, draft.warehouse_codes),
            (UserScope.Kind.CHANNEL, draft.channel_codes),
        )
        for code in sorted({EVERY} if EVERY in codes else set(codes))
    )


@transaction.atomic
def suspend(user_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> User:
    """Lock a person out at once: sessions end, own keys are revoked. Repeatable.

    Raises:
        OwnRightsFixed: the actor is that person.
        LastAdministrator: nobody could manage people afterwards.
    """
    if actor.key == f"user:{user_id}":
        raise OwnRightsFixed
    access.lock_administration()
    changed = User.objects.filter(pk=user_id, is_active=True).update(
        is_active=False, suspended_at=at
    )
    user: User = User.objects.get(pk=user_id)
    if not changed:
        return user
    access.check_an_administrator_is_left()
    access.end_access(user, reason="suspended", actor=actor, at=at)
    audit.record(
        actor=actor, action="users.suspended", target=f"user:{user.pk}", reason=reason, at=at
    )
    return user


@transaction.atomic
def reinstate(user_id: int, *, actor: Actor, at: dt.datetime) -> User:
    """Let a suspended person sign in again, with the access held before. Repeatable."""
    changed = User.objects.filter(pk=user_id, is_active=False).update(
        is_active=True, suspended_at=None
    )
    user: User = User.objects.get(pk=user_id)
    if changed:
        audit.record(actor=actor, action="users.reinstated", target=f"user:{user.pk}", at=at)
    return user


@transaction.atomic
def sign_out_everywhere(user_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """End every session and trust of a person; own keys go on. Return the sessions listed."""
    user: User = User.objects.get(pk=user_id)
    ended = sessions.end_all(user)
    trusted_browsers.forget_all(user, actor=actor, at=at)
    audit.record(
        actor=actor,
        action="users.signed_out_everywhere",
        target=f"user:{user.pk}",
        after={"sessions": ended},
        at=at,
    )
    return ended


@transaction.atomic
def password_changed(
    user: User, *, actor: Actor, at: dt.datetime, keep_session: str | None = None
) -> None:
    """Note a new password: every other session ends, and the person's own keys are revoked."""
    access.end_access(
        user, reason="password_changed", actor=actor, at=at, keep_session=keep_session
    )
    audit.record(actor=actor, action="users.password_changed", target=f"user:{user.pk}", at=at)


@transaction.atomic
def second_factor_changed(
    user: User, *, what: str, actor: Actor, at: dt.datetime, keep_session: str | None = None
) -> None:
    """Note a changed second factor: every other session ends, own keys are revoked."""
    access.end_access(
        user, reason="second_factor_changed", actor=actor, at=at, keep_session=keep_session
    )
    audit.record(
        actor=actor,
        action="users.second_factor_changed",
        target=f"user:{user.pk}",
        after={"what": what},
        at=at,
    )


def second_factor_set_up(user: User) -> None:
    """Note that a person whose factors were reset has a new one. Repeatable."""
    User.objects.filter(pk=user.pk).update(second_factor_due=False)
    user.second_factor_due = False


def settle_preferences(user: User, **values: object) -> User:
    """Save a person's own preferences: language, zone, theme, density, sounds, shortcuts.

    Raises:
        LookupError: a name that is no preference.
    """
    unknown = set(values) - PREFERENCES
    if unknown:
        raise LookupError(f"no preference: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=sorted(values))
    return user


PREFERENCES = frozenset(
    {
        "full_name",
        "language",
        "time_zone",
        "theme",
        "density",
        "sounds",
        "single_key_shortcuts",
        "default_warehouse_code",
    }
)
