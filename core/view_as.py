"""Seeing the product as another person: that person's rights and places, and nothing to change.

It lives in the session of who looks. Every request checks again that it is still allowed; who looks
stays the actor, so reads are audited under the real name, and notices, jobs and saved views stay
those of the one who looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.urls import Resolver404, resolve, reverse

from core import audit, clock
from core.actors import Actor
from core.errors import NotPermitted, gettext_noop
from core.models.people import User
from core.permissions import (
    SAFE_METHODS,
    Principal,
    principal_for_user,
    principal_of,
    remember_principal,
)

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

Answer = Callable[["HttpRequest"], "HttpResponseBase"]
#: After this long it ends by itself.
VIEW_FOR = dt.timedelta(minutes=30)
CAPABILITY = "users.view_as"
#: The only two things to send while looking: the end of it, and sign-out.
WAYS_OUT = frozenset({"view-as-stop", "account_logout"})
#: Pages of one's own person; they would show whoever is signed in, never the other person.
PERSONAL = ("profile", "security", "account_", "mfa_", "api-key", "invitation-accept")
_SESSION = "quayside_view_as"
_REQUEST = "_quayside_viewing"


class NotViewable(NotPermitted):
    """That person has a right or a place that the one who looks has not."""

    code = "NOT_VIEWABLE"
    text = gettext_noop(
        "%(name)s may do or see something that you may not. You can view only as people whose "
        "rights, warehouses and channels are all among yours."
    )


class NobodyToView(NotPermitted):
    """Oneself, or somebody who is locked out."""

    code = "NOBODY_TO_VIEW"
    text = gettext_noop("Choose another person whose account is active.")


class OnlyLooking(NotPermitted):
    """A change was asked for while viewing as another person."""

    code = "ONLY_LOOKING"
    text = gettext_noop(
        "You are viewing as %(name)s: nothing can be changed. Stop viewing, then do it as yourself."
    )


class PersonalPage(NotPermitted):
    """A page of one's own person was asked for while viewing as another one."""

    code = "PERSONAL_PAGE"
    text = gettext_noop(
        "Profile, security and API keys stay closed while you view as %(name)s. Stop viewing first."
    )


@dataclass(frozen=True, slots=True)
class Viewing:
    """As whom somebody looks, and until when."""

    person_id: int
    name: str
    until: dt.datetime


def check(principal: Principal, person: User) -> Principal:
    """Return the other person's principal if this one may look with it.

    Raises:
        MissingCapability: the principal may not view as others.
        NobodyToView: it is the principal's own person, or a suspended one.
        NotViewable: the person has rights or places that the principal has not.
    """
    principal.require(CAPABILITY)
    if not person.is_active or principal.actor.key == f"user:{person.pk}":
        raise NobodyToView
    theirs = principal_for_user(person)
    within = (
        theirs.capabilities <= principal.capabilities
        and _is_within(theirs.warehouse_codes, principal.warehouse_codes)
        and _is_within(theirs.channel_codes, principal.channel_codes)
    )
    if not within:
        raise NotViewable(name=str(person))
    return theirs


def _is_within(codes: frozenset[str] | None, reach: frozenset[str] | None) -> bool:
    return reach is None or (codes is not None and codes <= reach)


def start(request: HttpRequest, person: User, *, reason: str, at: dt.datetime) -> Viewing:
    """Begin to look as the person, for half an hour.

    Raises:
        MissingCapability, NobodyToView, NotViewable: see `check`.
    """
    principal = principal_of(request)
    check(principal, person)
    found = Viewing(person.pk, str(person), at + VIEW_FOR)
    request.session[_SESSION] = {
        "person": found.person_id,
        "name": found.name,
        "until": found.until.isoformat(),
    }
    audit.record(
        actor=principal.actor,
        action="users.view_as_started",
        target=f"user:{person.pk}",
        after={"name": found.name, "until": found.until.isoformat()},
        reason=reason,
        at=at,
    )
    return found


def of_session(request: HttpRequest) -> Viewing | None:
    """Return as whom this session looks, unchecked; None when it does not."""
    kept = request.session.get(_SESSION) if hasattr(request, "session") else None
    if kept is None:
        return None
    return Viewing(kept["person"], kept["name"], dt.datetime.fromisoformat(kept["until"]))


def current(request: HttpRequest) -> Viewing | None:
    """Return as whom this request is answered; None when as oneself."""
    found: Viewing | None = getattr(request, _REQUEST, None)
    return found


def stop(request: HttpRequest, *, why: str, at: dt.datetime) -> Viewing | None:
    """End it and note why: stopped, expired, not_allowed or signed_out. Repeatable."""
    found = of_session(request)
    if found is None:
        return None
    del request.session[_SESSION]
    user = request.user
    audit.record(
        actor=Actor("user", user.pk, str(user)),
        action="users.view_as_stopped",
        target=f"user:{found.person_id}",
        after={"name": found.name, "why": why},
        at=at,
    )
    return found


class ViewAs:
    """Answer with the other person's rights; refuse changes and personal pages."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        found = of_session(request)
        if found is None:
            return self.get_response(request)
        return self._looking(request, found)

    def _looking(self, request: HttpRequest, found: Viewing) -> HttpResponseBase:
        name = _url_name(request)
        if name in WAYS_OUT:
            return self.get_response(request)
        now = clock.now()
        try:
            theirs = self._still_allowed(request, found, now)
        except NotPermitted:
            why = "expired" if now >= found.until else "not_allowed"
            stop(request, why=why, at=now)
            return _to_oneself(request, found)
        own = principal_of(request)
        remember_principal(request, replace(theirs, actor=own.actor))
        setattr(request, _REQUEST, found)
        if request.method not in SAFE_METHODS:
            return _refuse(request, OnlyLooking(name=found.name))
        if name.startswith(PERSONAL):
            return _refuse(request, PersonalPage(name=found.name))
        return self.get_response(request)

    @staticmethod
    def _still_allowed(request: HttpRequest, found: Viewing, now: dt.datetime) -> Principal:
        person = User.objects.filter(pk=found.person_id).first()
        if person is None or now >= found.until:
            raise NobodyToView
        return check(principal_of(request), person)


def _url_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _to_oneself(request: HttpRequest, found: Viewing) -> HttpResponseBase:
    """Lead back to one's own view: what was asked for was asked with the other's eyes.

    A scan is refused once more: a script would follow a redirect and take the page for an answer.
    """
    if request.headers.get("Accept", "").startswith("application/json"):
        return _refuse(request, OnlyLooking(name=found.name))
    home = reverse("user", args=[found.person_id])
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": home})
    return HttpResponse(status=303, headers={"Location": home})


def _refuse(request: HttpRequest, error: NotPermitted) -> HttpResponseBase:
    from core.views.errors import refused  # noqa: PLC0415  # pages load after apps

    page: HttpResponseBase = refused(request, error)
    return page
