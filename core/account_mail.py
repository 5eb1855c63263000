"""Mails that open an account. Links are made while sending, so that no secret is stored."""

from __future__ import annotations

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from core.jobs import JobRun
from core.models.people import Invitation, User
from core.services import people


def send_password_link(job: JobRun, *, user_id: int, **_newer: object) -> dict[str, int]:
    """Mail a person the link that sets a new password; nothing for a suspended one. Repeatable."""
    user = User.objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is None:
        return {"sent": 0}
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": PasswordResetTokenGenerator().make_token(user),
        },
    )
    _send("password_link", user.email, user.language, {"person": user, "link": _absolute(path)})
    return {"sent": 1}


def send_invitation(job: JobRun, *, invitation_id: int, **_newer: object) -> dict[str, int]:
    """Mail the link of an open invitation; nothing for one that is over. Repeatable."""
    found = Invitation.objects.open().filter(pk=invitation_id, expires_at__gt=job.now).first()
    if found is None:
        return {"sent": 0}
    path = reverse("invitation-accept", args=[people.invitation_token(found)])
    _send(
        "invitation",
        found.email,
        found.language,
        {"invitation": found, "link": _absolute(path), "hours": 72},
    )
    return {"sent": 1}


def _absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _send(name: str, to: str, language: str, context: dict[str, object]) -> None:
    with translation.override(language):
        subject = render_to_string(f"account/mail/{name}_subject.txt", context).strip()
        body = render_to_string(f"account/mail/{name}.txt", context)
    send_mail(" ".join(subject.split()), body, None, [to])
