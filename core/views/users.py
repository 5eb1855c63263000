"""A2: people and invitations."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, jobs
from core.accounts import second_factor_names
from core.capabilities import CAPABILITIES
from core.errors import DomainError
from core.forms.people import AccessForm, InviteForm, ReasonForm, role_choices, role_text
from core.models import AuditEntry
from core.models.people import Invitation, Role, User, UserRole, UserScope, UserSession
from core.permissions import RequireCapability, principal_for_user
from core.reauth import RecentSignIn
from core.services import people
from core.services.people import AccessDraft, InvitationDraft
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.views.acts import Act
from core.views.notes import leave_note
from core.views.second_factor import open_reset, people_to_decide_on


def role_names(user) -> str:
    return ", ".join(role_text(grant.role) for grant in user.role_grants.all())


def scope_names(user, kind: str) -> str:
    codes = sorted(scope.code for scope in user.scopes.all() if scope.kind == kind)
    return str(_("all")) if codes == ["*"] else ", ".join(codes)


def last_seen(user):
    return max((session.last_seen_at for session in user.sessions.all()), default=user.last_login)


class UserIndex(IndexView):
    """Everybody who has an account, with access and last sign of life."""

    capability = "users.view"
    key = "users"
    title = _("Users")
    columns = (
        Column("full_name", _("Name"), render=str, export=str, sort="full_name", fixed=True),
        Column("username", _("User name"), sort="username"),
        Column("email", _("E-mail"), capability="users.manage"),
        Column("roles", _("Roles"), render=role_names, export=role_names),
        Column("warehouses", _("Warehouses"), render=lambda user: scope_names(user, "warehouse")),
        Column("channels", _("Channels"), render=lambda user: scope_names(user, "channel")),
        Column(
            "has_factor",
            _("Second factor"),
            render=lambda user: _("yes") if user.has_factor else _("no"),
        ),
        Column("last_seen", _("Last seen"), render=last_seen, export=last_seen),
    )
    tabs = (
        Tab("active", _("Active"), where=lambda rows: rows.filter(is_active=True)),
        Tab("suspended", _("Suspended"), where=lambda rows: rows.filter(is_active=False)),
        Tab("resets", _("Reset asked"), where=people_to_decide_on, hot=True),
        Tab("all", _("All")),
    )
    filters = (
        Filter(
            "role",
            _("Role"),
            options=lambda _principal: role_choices(),
            narrow=lambda rows, values: rows.filter(
                pk__in=UserRole.objects.filter(role__code__in=values).values("user")
            ),
            promoted=True,
        ),
    )
    buttons = (
        PageButton(_("Invitations"), "mail", "invitations-index", "users.view"),
        PageButton(
            _("Invite a person"),
            "user-plus",
            "user-invite",
            "users.manage",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No users yet"),
        _("Invite the people you work with."),
        "users",
        _("Invite a person"),
        "user-invite",
    )
    default_sort = "full_name"

    def rows_for(self, principal):
        from allauth.mfa.models import Authenticator  # noqa: PLC0415  # loads after apps

        factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
        return (
            User.objects.visible_to(principal)
            .annotate(has_factor=Exists(factor))
            .prefetch_related(
                Prefetch("role_grants", UserRole.objects.select_related("role").order_by("pk")),
                Prefetch("scopes", UserScope.objects.order_by("pk")),
                Prefetch("sessions", UserSession.objects.order_by("pk")),
            )
        )

    def search(self, rows, text):
        return rows.matching(text)

    def row_url(self, row):
        return reverse("user", args=[row.pk])


class InvitationIndex(IndexView):
    """Who was invited and has not come yet."""

    capability = "users.view"
    key = "invitations"
    title = _("Invitations")
    columns = (
        Column("email", _("E-mail"), fixed=True),
        Column("full_name", _("Name")),
        Column("roles", _("Roles"), render=lambda row: ", ".join(row.roles)),
        Column("created_at", _("Invited"), sort="created_at"),
        Column("expires_at", _("Link works until")),
    )
    tabs = (
        Tab("open", _("Open"), where=lambda rows: rows.open()),
        Tab("accepted", _("Accepted"), where=lambda rows: rows.filter(accepted_at__isnull=False)),
        Tab(
            "withdrawn", _("Withdrawn"), where=lambda rows: rows.filter(withdrawn_at__isnull=False)
        ),
    )
    buttons = (
        PageButton(
            _("Invite a person"),
            "user-plus",
            "user-invite",
            "users.manage",
            primary=True,
            create=True,
        ),
    )
    empty = EmptyText(
        _("No invitations"),
        _("Everybody who was invited has come."),
        "mail",
        _("Invite a person"),
        "user-invite",
    )
    has_search = False

    def rows_for(self, principal):
        return Invitation.objects.visible_to(principal)

    def row_url(self, row):
        return reverse("invitation", args=[row.pk])


class Invite(RequireCapability, RecentSignIn, View):
    """Invite a person by a one-time link."""

    capability = "users.manage"
    template_name = "core/user_invite.html"

    def get(self, request):
        return self._page(request, InviteForm(initial={"language": request.user.language}))

    def post(self, request):
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        chosen = form.cleaned_data
        draft = InvitationDraft(
            email=chosen["email"],
            full_name=chosen["full_name"],
            language=chosen["language"],
            access=_access(chosen),
        )
        try:
            invitation = people.invite(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error, "email")
            return self._page(request, form, 422)
        send_invitation(invitation, self.principal.actor)
        return redirect("invitation", invitation.pk)

    def _page(self, request, form, status=200):
        return render(request, self.template_name, {"form": form}, status=status)


def _access(chosen) -> AccessDraft:
    return AccessDraft(
        roles=tuple(chosen["roles"]),
        warehouse_codes=chosen["warehouse_codes"],
        channel_codes=chosen["channel_codes"],
    )


def send_invitation(invitation, actor) -> None:
    from django.db import transaction  # noqa: PLC0415  # one statement

    with transaction.atomic():
        jobs.enqueue(
            "core.send_invitation",
            args={"invitation_id": invitation.pk},
            queue="interactive",
            started_by=actor.key,
            title=str(_("Send an invitation")),
        )


class InvitationPage(RequireCapability, View):
    """One invitation, with its link for those who may invite."""

    capability = "users.view"

    def get(self, request, pk):
        found = get_object_or_404(Invitation.objects.visible_to(self.principal), pk=pk)
        is_open = found.accepted_at is None and found.withdrawn_at is None
        may_link = is_open and self.principal.may("users.manage")
        path = reverse("invitation-accept", args=[people.invitation_token(found)])
        context = {
            "invitation": found,
            "roles": Role.objects.filter(code__in=found.roles).order_by("pk"),
            "is_open": is_open,
            "is_late": found.expires_at <= clock.now(),
            "link": f"{settings.PUBLIC_URL}{path}" if may_link else "",
            "may_manage": self.principal.may("users.manage"),
        }
        return render(request, "core/invitation.html", context)


class RenewInvitation(Act, View):
    """Send the invitation again with a new link."""

    capability = "users.manage"
    title = _("Send the invitation again?")
    submit_text = _("Send a new link")
    note = _("A new link is on its way. The old one no longer works.")

    def rows(self):
        return Invitation.objects.visible_to(self.principal)

    def text(self, found):
        return _("The link sent before stops working. The new one works for three days.")

    def do(self, found, form):
        fresh = people.renew_invitation(found.pk, actor=self.principal.actor, at=self.now)
        send_invitation(fresh, self.principal.actor)

    def done_url(self, found):
        return reverse("invitation", args=[found.pk])


class WithdrawInvitation(RenewInvitation):
    """Close the invitation."""

    title = _("Withdraw the invitation?")
    submit_text = _("Withdraw invitation")
    danger = True
    note = _("The invitation is withdrawn. Its link no longer works.")

    def text(self, found):
        return _("The link stops working at once. You can invite the same person again.")

    def do(self, found, form):
        people.withdraw_invitation(found.pk, actor=self.principal.actor, at=self.now)


class UserPage(RequireCapability, View):
    """One person: access, second factor, sessions, what happened."""

    capability = "users.view"

    def get(self, request, pk):
        found = get_object_or_404(User.objects.visible_to(self.principal), pk=pk)
        principal = principal_for_user(found)
        context = {
            "person": found,
            "role_names": [role_text(grant.role) for grant in _grants(found)],
            "scopes": people.access_of(found),
            "rights": [CAPABILITIES[code] for code in sorted(principal.capabilities)],
            "factors": second_factor_names(found),
            "sessions": found.sessions.order_by("-last_seen_at", "pk"),
            "keys": found.api_keys.filter(revoked_at=None).order_by("name", "pk"),
            "reset": open_reset(self.principal, found),
            "entries": AuditEntry.objects.of(f"user:{found.pk}")[:20],
            "may_manage": self.principal.may("users.manage"),
            "may_view_as": self.principal.may("users.view_as") and found.is_active,
            "is_me": self.principal.actor.key == f"user:{found.pk}",
        }
        return render(request, "core/user.html", context)


def _grants(user):
    return user.role_grants.select_related("role").order_by("pk")


class UserAccess(RequireCapability, RecentSignIn, View):
    """Set roles and scopes of a person."""

    capability = "users.manage"

    def get(self, request, pk):
        found = self._found(pk)
        now = people.access_of(found)
        form = AccessForm(
            initial={
                "roles": now.roles,
                "warehouse_codes": ", ".join(now.warehouse_codes),
                "channel_codes": ", ".join(now.channel_codes),
            }
        )
        return self._page(request, found, form)

    def post(self, request, pk):
        found = self._found(pk)
        form = AccessForm(request.POST)
        if not form.is_valid():
            return self._page(request, found, form, 422)
        try:
            people.set_access(
                found.pk, _access(form.cleaned_data), actor=self.principal.actor, at=clock.now()
            )
        except DomainError as error:
            form.refuse(error, "roles")
            return self._page(request, found, form, 422)
        leave_note(request, str(_("Access saved. The person must sign in again.")))
        return redirect("user", found.pk)

    def _found(self, pk):
        return get_object_or_404(User.objects.visible_to(self.principal), pk=pk)

    def _page(self, request, found, form, status=200):
        context = {"form": form, "person": found}
        return render(request, "core/user_access.html", context, status=status)


class OnPerson(RecentSignIn, Act, View):
    """An act on another person, after a recent proof of identity."""

    capability = "users.manage"

    def rows(self):
        return User.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("user", args=[found.pk])


class Suspend(OnPerson):
    """Lock a person out."""

    form_class = ReasonForm
    title = _("Suspend this person?")
    submit_text = _("Suspend person")
    danger = True
    note = _("Suspended. Sessions and own API keys have ended.")

    def text(self, found):
        words = _("%(name)s is signed out of %(sessions)s browsers, and %(keys)s API keys end.")
        keys = found.api_keys.filter(revoked_at=None).count()
        return words % {"name": found, "sessions": found.sessions.count(), "keys": keys}

    def do(self, found, form):
        people.suspend(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )


class Reinstate(OnPerson):
    """Let a suspended person in again."""

    title = _("Let this person sign in again?")
    submit_text = _("Reinstate person")
    note = _("Reinstated, with the access held before.")

    def text(self, found):
        return _("Roles and scopes are as they were. API keys that ended stay ended.")

    def do(self, found, form):
        people.reinstate(found.pk, actor=self.principal.actor, at=self.now)


class EndSessions(OnPerson):
    """Sign a person out everywhere."""

    title = _("Sign this person out everywhere?")
    submit_text = _("Sign out everywhere")
    note = _("Signed out everywhere.")

    def text(self, found):
        return _("%(n)s browsers must sign in again.") % {"n": found.sessions.count()}

    def do(self, found, form):
        people.sign_out_everywhere(found.pk, actor=self.principal.actor, at=self.now)
