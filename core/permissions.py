"""Who is asking, what they may do and where: one frozen value, made once per request.

Every read that a person or a key can reach goes through `Model.objects.visible_to(principal)`;
what is outside the scope does not exist for them (404). What is inside but not allowed is a 403
that names who can grant the right.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from core import sessions
from core.actors import SYSTEM, Actor
from core.capabilities import CAPABILITIES, EVERYTHING, HUMAN_ONLY, SHARED_DEVICE
from core.errors import NotPermitted
from core.models.people import EVERY, RoleCapability, User, UserRole, UserScope

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from core.models.people import ApiKey

#: For views that every signed-in person may use.
SIGNED_IN = "signed-in"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_NOTHING: frozenset[str] = frozenset()
_CACHE = "_quayside_principal"


class MissingCapability(NotPermitted):
    """The right is not among the principal's capabilities; `data` names it."""

    code = "MISSING_CAPABILITY"

    def __str__(self) -> str:
        capability = CAPABILITIES[self.data["capability"]]
        return _("Your roles do not include “%(right)s”. An administrator can grant it.") % {
            "right": capability.text
        }


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker: actor, roles, capabilities, and the warehouses and channels in reach.

    `warehouse_codes` and `channel_codes` are sets of codes, or None for all of them.
    """

    actor: Actor
    roles: frozenset[str] = _NOTHING
    capabilities: frozenset[str] = _NOTHING
    warehouse_codes: frozenset[str] | None = field(default=_NOTHING)
    channel_codes: frozenset[str] | None = field(default=_NOTHING)

    @property
    def is_anonymous(self) -> bool:
        """Say whether nobody is signed in."""
        return self.actor.kind == "customer" and self.actor.id is None

    def may(self, capability: str) -> bool:
        """Say whether the principal holds this capability.

        Raises:
            LookupError: no such capability.
        """
        if capability not in EVERYTHING:
            raise LookupError(f"unknown capability: {capability}")
        return capability in self.capabilities

    def may_any(self, capabilities: Iterable[str]) -> bool:
        """Say whether the principal holds at least one of these capabilities."""
        return any(self.may(capability) for capability in capabilities)

    def require(self, capability: str) -> None:
        """Let a holder of the capability pass.

        Raises:
            MissingCapability: the principal does not hold it.
        """
        if not self.may(capability):
            raise MissingCapability(capability=capability)

    def sees_warehouse(self, code: str) -> bool:
        """Say whether the warehouse with this code is in reach."""
        return self.warehouse_codes is None or code in self.warehouse_codes

    def sees_channel(self, code: str) -> bool:
        """Say whether the channel with this code is in reach."""
        return self.channel_codes is None or code in self.channel_codes

    def warehouse_q(self, path: str) -> Q:
        """Return the filter that keeps rows whose warehouse code at `path` is in reach."""
        return _within(path, self.warehouse_codes)

    def channel_q(self, path: str) -> Q:
        """Return the filter that keeps rows whose channel code at `path` is in reach."""
        return _within(path, self.channel_codes)


def _within(path: str, codes: frozenset[str] | None) -> Q:
    return Q() if codes is None else Q(**{f"{path}__in": sorted(codes)})


ANONYMOUS = Principal(Actor("customer", None, "anonymous"))
SYSTEM_PRINCIPAL = Principal(SYSTEM, frozenset(), EVERYTHING, None, None)

_current: ContextVar[Principal] = ContextVar("quayside_principal", default=ANONYMOUS)


def current_principal() -> Principal:
    """Return who is asking in this request; anonymous outside of one."""
    return _current.get()


def set_current_principal(principal: Principal) -> None:
    """Make `principal` the one of this request. Middleware and API authentication call it."""
    _current.set(principal)


def principal_of(request: HttpRequest) -> Principal:
    """Return who is asking, read once per request: at most three queries for a signed-in person."""
    known: Principal | None = getattr(request, _CACHE, None)
    if known is None:
        user: Any = getattr(request, "user", None)
        known = principal_for_user(user) if user and user.is_authenticated else ANONYMOUS
        session = getattr(request, "session", None)
        if not known.is_anonymous and session is not None and sessions.is_badge(session):
            known = on_shared_device(known, sessions.badge_warehouse(session))
        remember_principal(request, known)
    return known


def remember_principal(request: HttpRequest, principal: Principal) -> None:
    """Attach the principal to the request, for `principal_of` and `current_principal`."""
    setattr(request, _CACHE, principal)
    set_current_principal(principal)


def principal_for_user(user: User) -> Principal:
    """Return the principal of a person from the roles and scopes of this moment."""
    if not user.is_active:
        return ANONYMOUS
    roles = frozenset(
        UserRole.objects.filter(user=user, role__archived=False).values_list(
            "role__code", flat=True
        )
    )
    grants = RoleCapability.objects.filter(role__code__in=roles, role__archived=False)
    capabilities = frozenset(grants.values_list("capability", flat=True)) & EVERYTHING
    scopes = list(UserScope.objects.filter(user=user).values_list("kind", "code"))
    return Principal(
        actor=Actor("user", user.pk, str(user)),
        roles=roles,
        capabilities=capabilities,
        warehouse_codes=_codes(scopes, UserScope.Kind.WAREHOUSE),
        channel_codes=_codes(scopes, UserScope.Kind.CHANNEL),
    )


def on_shared_device(principal: Principal, warehouse_code: str) -> Principal:
    """Return what is left of a principal on a shared floor device: floor work in its warehouse."""
    return replace(
        principal,
        roles=_NOTHING,
        capabilities=principal.capabilities & SHARED_DEVICE,
        warehouse_codes=narrower(frozenset({warehouse_code}), principal.warehouse_codes),
    )


def _codes(scopes: list[tuple[str, str]], kind: str) -> frozenset[str] | None:
    codes = frozenset(code for scope_kind, code in scopes if scope_kind == kind)
    return None if EVERY in codes else codes


def principal_for_key(key: ApiKey) -> Principal:
    """Return the principal of an API key: its own list, never more than its owner may now."""
    capabilities = (frozenset(key.capabilities) & EVERYTHING) - HUMAN_ONLY
    warehouses = _listed(key.warehouse_codes)
    channels = _listed(key.channel_codes)
    if key.owner is not None:
        owner = principal_for_user(key.owner)
        capabilities &= owner.capabilities
        warehouses = narrower(warehouses, owner.warehouse_codes)
        channels = narrower(channels, owner.channel_codes)
    return Principal(
        actor=Actor("api_key", key.pk, key.name),
        capabilities=capabilities,
        warehouse_codes=warehouses,
        channel_codes=channels,
    )


def _listed(codes: list[str] | None) -> frozenset[str] | None:
    return None if codes is None else frozenset(codes)


def narrower(first: frozenset[str] | None, second: frozenset[str] | None) -> frozenset[str] | None:
    """Return the scope inside both; None means all."""
    if first is None:
        return second
    return first if second is None else first & second


def sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send a stranger to the sign-in page and back afterwards; htmx gets a 401 that redirects.

    A script that asks for JSON gets a bare 401: it would follow a redirect and take the page for
    an answer, and a scanner would lose its scan.
    """
    if request.headers.get("Accept", "").startswith("application/json"):
        return HttpResponse(status=401)
    if request.headers.get("HX-Request") == "true":
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = f"{here.path or '/'}?{here.query}" if here.query else here.path or "/"
        sign_in = _door(request) or redirect_to_login(target).headers["Location"]
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
    door = _door(request)
    if door:
        return HttpResponse(status=303, headers={"Location": door})
    return redirect_to_login(request.get_full_path())


def _door(request: HttpRequest) -> str:
    """Return where a shared floor device signs people in; nothing for every other browser."""
    on_device = sessions.DEVICE_COOKIE in request.COOKIES
    return resolve_url(settings.SHARED_DEVICE_URL) if on_device else ""


class RequireCapability:
    """Open a view only to holders of `capability`: its code, or several of which one is enough.

    `write_capability`, where set, is asked for instead on POST, PUT, PATCH and DELETE. `SIGNED_IN`
    lets every signed-in person in. Strangers go to the sign-in page; a missing right is a 403 that
    names it. The view finds the asker in `self.principal`.
    """

    capability: ClassVar[str | tuple[str, ...]]
    write_capability: ClassVar[str | tuple[str, ...] | None] = None
    principal: Principal

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request if the principal may."""
        self.principal = principal_of(request)
        if self.principal.is_anonymous:
            return sign_in_first(request)
        require_any(self.principal, self._needed(request))
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # the view is next in line
        return answer

    def _needed(self, request: HttpRequest) -> tuple[str, ...]:
        needed = self.capability
        if self.write_capability is not None and request.method not in SAFE_METHODS:
            needed = self.write_capability
        return (needed,) if isinstance(needed, str) else needed


def require_any(principal: Principal, capabilities: tuple[str, ...]) -> None:
    """Let a holder of one of the capabilities pass; `SIGNED_IN` lets every signed-in person pass.

    Raises:
        MissingCapability: the principal holds none of them; `data` names the first.
    """
    if SIGNED_IN in capabilities or principal.may_any(capabilities):
        return
    raise MissingCapability(capability=capabilities[0])
