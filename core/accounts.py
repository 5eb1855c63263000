"""Sign-in as the product wants it: allauth does the work, these adapters hold the decisions."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext_lazy as _

from core import audit, clock, jobs, sessions, trust, view_as
from core.actors import SYSTEM, Actor
from core.models.people import User
from core.services import people

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SECOND_FACTOR = "quayside_second_factor"
WRONG_SIGN_IN = _(
    "That name and password don't belong together. Check both, or set a new password."
)
TOO_MANY_TRIES = _("Too many tries. Wait 15 minutes, then try again, or set a new password.")


def has_second_factor(request: HttpRequest) -> bool:
    """Say whether the person has a second factor; a yes is remembered in the session."""
    if request.session.get(_SECOND_FACTOR):
        return True
    found = bool(is_mfa_enabled(request.user))
    if found:
        request.session[_SECOND_FACTOR] = True
    return found


def forget_second_factor(request: HttpRequest) -> None:
    """Ask again at the next request."""
    request.session.pop(_SECOND_FACTOR, None)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closed sign-up, one text for every failed sign-in, one counter per account, audit."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": WRONG_SIGN_IN,
        "email_password_mismatch": WRONG_SIGN_IN,
        "username_password_mismatch": WRONG_SIGN_IN,
        "invalid_login": WRONG_SIGN_IN,
        "too_many_login_attempts": TOO_MANY_TRIES,
        "rate_limited": TOO_MANY_TRIES,
        "enter_current_password": _("That is not your current password. Type it again."),
        "incorrect_password": _("That is not your password. Type it again."),
        "incorrect_code": _("That code is wrong or was used. Wait for the next one."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up: people come by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the browser's address by our own rule about proxies."""
        return sessions.client_ip(request) or "0.0.0.0"  # noqa: S104  # a key, not a bind

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count tries per account, whether its name or its e-mail was typed."""
        typed = (credentials.get("email") or credentials.get("username") or "").strip().lower()
        user = User.objects.filter(username__iexact=typed).first()
        if user is None and "@" in typed:
            user = next(iter(filter_users_by_email(typed)), None)
        return f"account:{user.pk}" if user else f"typed:{typed}"

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn suspended people away with the text of a wrong password."""
        if not user.is_active:
            raise self.validation_error("account_inactive")
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person if the password fits and the account is open."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note a failed sign-in: at an account, or at none, without the typed text."""
        target = self._get_login_attempts_cache_key(request, **credentials)
        kind, _colon, number = target.partition(":")
        audit.record(
            actor=Actor("customer", None, "anonymous"),
            action="users.sign_in_failed",
            target=f"user:{number}" if kind == "account" else "user:unknown",
            after={"ip": sessions.client_ip(request) or ""},
            at=clock.now(),
        )

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign the person in and note it."""
        super().login(request, user)
        audit.record(
            actor=_actor(user),
            action="users.signed_in",
            target=f"user:{user.pk}",
            after={"ip": sessions.client_ip(request) or ""},
            at=clock.now(),
        )

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Answer a finished sign-in, and trust the browser if that was asked for."""
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        trust.settle_wish(request, user, answer)
        return answer

    def get_login_stages(self) -> list[str]:
        """Put our own second-factor stage in the place of allauth's two."""
        own = {"allauth.mfa.stages.AuthenticateStage": "core.trust.SecondFactorStage"}
        stages = [own.get(name, name) for name in super().get_login_stages()]
        return [name for name in stages if name != "allauth.mfa.stages.TrustStage"]

    def logout(self, request: HttpRequest) -> None:
        """Sign the person out, forget the listed session, and note it."""
        user, key = request.user, request.session.session_key
        view_as.stop(request, why="signed_out", at=clock.now())
        audit.record(
            actor=_actor(user), action="users.signed_out", target=f"user:{user.pk}", at=clock.now()
        )
        super().logout(request)
        sessions.end([key] if key else [])

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        """Save a new password; other sessions end and the person's own keys are revoked."""
        user.set_password(password)
        user.save(update_fields=["password"])
        request = context.request
        own = request is not None and request.user.is_authenticated and request.user.pk == user.pk
        people.password_changed(
            user,
            actor=_actor(user),
            at=clock.now(),
            keep_session=request.session.session_key if own else None,
        )

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the security page, which lists what is left of the sessions."""
        return reverse("security")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that follows shows what happened."""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Leave the mail to a job, so that a known address takes no longer than an unknown one."""
        with transaction.atomic():
            jobs.enqueue(
                "core.send_password_link",
                args={"user_id": user.pk},
                queue="interactive",
                title=str(_("Send a password link")),
            )

    def send_notification_mail(
        self, template_prefix: str, user: User, *_rest: Any, **_more: Any
    ) -> None:
        """Act on a changed second factor: other sessions end, own keys are revoked. Mail nothing.

        allauth offers no other hook at the moment when a factor came or went.
        """
        if not template_prefix.startswith("mfa/"):
            return
        request = self.request or context.request
        forget_second_factor(request)
        people.second_factor_changed(
            user,
            what=template_prefix.rpartition("/")[2],
            actor=_actor(user),
            at=clock.now(),
            keep_session=request.session.session_key,
        )
        if user.second_factor_due and second_factor_names(user):
            people.second_factor_set_up(user)
        sessions.keep_only(request, user)


def _actor(user: Any) -> Actor:
    return Actor("user", user.pk, str(user)) if user.pk else SYSTEM


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Second factors: secrets encrypted at rest, changes end other sessions, the last one stays."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "This is your last second factor and one is required. Add another one first."
        ),
        "incorrect_code": _("That code is wrong or was used. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        """Return the text encrypted with a key made from the secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the text, whichever of the configured secret keys encrypted it.

        Raises:
            InvalidToken: none of them did.
        """
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return settings.MFA_TOTP_ISSUER

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Keep the last factor where one is required; recovery codes go with it."""
        others = authenticator.user.authenticator_set.exclude(pk=authenticator.pk).exclude(
            type="recovery_codes"
        )
        return not settings.MFA_REQUIRED_FOR_STAFF or others.exists()


def second_factor_names(user: User) -> list[str]:
    """Return the kinds of second factor a person has, sorted; recovery codes alone are none."""
    kinds = Authenticator.objects.filter(user=user).values_list("type", flat=True)
    return sorted(set(kinds) - {"recovery_codes"})


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str | bytes) -> bytes:
    digest = hashlib.sha256(b"quayside.second-factor:" + force_bytes(secret)).digest()
    return base64.urlsafe_b64encode(digest)
