"""The person's own pages: profile, security, language, sign-out, accepting an invitation."""

from __future__ import annotations

from allauth.account.internal.flows.logout import logout
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View

from core import clock, sessions, trust
from core.errors import DomainError, InputRefused
from core.forms.profile import AcceptForm, ProfileForm
from core.htmx import PartialMixin, redirect_to
from core.models.people import ApiKey, UserSession
from core.models.second_factor import TrustedBrowser
from core.permissions import SIGNED_IN, RequireCapability
from core.services import people, trusted_browsers
from core.views.notes import leave_note


def safe_next(request, default: str) -> str:
    """Return where to go next: a path of this site, or the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and wanted.startswith("/") else default


class SignOut(View):
    """End this session, and have the browser forget what it kept of us, but not that it is trusted.

    The session's own cookie goes in any case: it is deleted with the session.
    """

    def post(self, request):
        person = request.user
        is_trusted = person.is_authenticated and trust.is_trusted(request, person)
        logout(request, show_message=False)
        response = HttpResponseRedirect(reverse(settings.LOGOUT_REDIRECT_URL))
        if request.is_secure():
            kept = '"cache", "storage"' if is_trusted else '"cache", "cookies", "storage"'
            response.headers["Clear-Site-Data"] = kept
        return response


@method_decorator(login_not_required, name="dispatch")
class SetLanguage(View):
    """Change the language without losing the page; signed in, it stays on the profile."""

    on_shared_device = True

    def post(self, request):
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            raise InputRefused
        if request.user.is_authenticated:
            people.settle_preferences(request.user, language=language)
        response = redirect_to(request, safe_next(request, "/"))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.HTTPS,
            samesite="Lax",
        )
        return response


class Profile(RequireCapability, View):
    """G9: how Quayside looks and speaks to me."""

    capability = SIGNED_IN
    template_name = "core/profile.html"

    def get(self, request):
        initial = {name: getattr(request.user, name) for name in ProfileForm.NAMES}
        return self._page(request, ProfileForm(initial=initial))

    def post(self, request):
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        values = {name: form.cleaned_data[name] for name in ProfileForm.NAMES}
        people.settle_preferences(request.user, **values)
        translation.activate(request.user.language)
        leave_note(request, _("Profile saved."))
        response = redirect("profile")
        for name in ("q_theme", "q_density"):
            response.delete_cookie(name)
        return response

    def _page(self, request, form, status=200):
        return render(request, self.template_name, {"form": form}, status=status)


class Security(RequireCapability, PartialMixin, View):
    """G10: second factors, sessions and keys of mine."""

    capability = SIGNED_IN
    template_name = "core/security.html"

    def get(self, request):
        factors = Authenticator.objects.filter(user=request.user).order_by("type", "pk")
        by_type = {"totp": [], "webauthn": [], "recovery_codes": []}
        for factor in factors:
            by_type[factor.type].append(factor.wrap())
        context = {
            "factors": by_type,
            "has_second_factor": bool(by_type["totp"] or by_type["webauthn"]),
            "second_factor_required": settings.MFA_REQUIRED_FOR_STAFF
            or request.user.second_factor_due,
            "sessions": UserSession.objects.filter(user=request.user).order_by(
                "-last_seen_at", "pk"
            ),
            "this_session": request.session.session_key,
            "trusted_browsers": TrustedBrowser.objects.visible_to(self.principal)
            .current(clock.now())
            .order_by("-trusted_at", "pk"),
            "this_browser": trusted_browsers.token_hash(trust.token_of(request)),
            "keys": ApiKey.objects.filter(owner=request.user, revoked_at=None).order_by(
                "name", "pk"
            ),
            "may_manage_keys": self.principal.may("keys.manage"),
        }
        return render(request, self.template_name, context)


class EndSession(RequireCapability, View):
    """Sign one of my browsers out."""

    capability = SIGNED_IN

    def post(self, request, pk):
        found = UserSession.objects.filter(user=request.user, pk=pk).first()
        if found is None:
            raise Http404
        sessions.end([found.session_key])
        leave_note(request, _("That browser is signed out."))
        return redirect_to(request, reverse("security"))


class EndSessions(RequireCapability, View):
    """Sign all my other browsers out."""

    capability = SIGNED_IN

    def post(self, request):
        ended = sessions.keep_only(request, request.user)
        trusted_browsers.forget_all(
            request.user,
            actor=self.principal.actor,
            at=clock.now(),
            but_token=trust.token_of(request),
        )
        leave_note(request, _("%(n)s other browsers are signed out.") % {"n": ended})
        return redirect_to(request, reverse("security"))


class EndTrust(RequireCapability, View):
    """Ask for the second factor again in one of my browsers."""

    capability = SIGNED_IN

    def post(self, request, pk):
        actor = self.principal.actor
        if not trusted_browsers.forget(request.user, pk, actor=actor, at=clock.now()):
            raise Http404
        leave_note(request, _("That browser is asked for the second factor again."))
        return redirect_to(request, reverse("security"))


@method_decorator(login_not_required, name="dispatch")
class AcceptInvitation(View):
    """G3: an invited person chooses name and password."""

    template_name = "account/accept_invitation.html"

    def get(self, request, token):
        invitation = people.read_invitation(token, at=clock.now())
        form = AcceptForm(initial={"full_name": invitation.full_name}, email=invitation.email)
        with translation.override(invitation.language):
            return self._page(request, form, invitation)

    def post(self, request, token):
        invitation = people.read_invitation(token, at=clock.now())
        form = AcceptForm(request.POST, email=invitation.email)
        if form.is_valid() and self._accepted(form, token):
            return HttpResponse(status=303, headers={"Location": reverse("account_login")})
        with translation.override(invitation.language):
            return self._page(request, form, invitation, status=422)

    @staticmethod
    def _accepted(form, token) -> bool:
        chosen = people.AccountDraft(
            username=form.cleaned_data["username"],
            full_name=form.cleaned_data["full_name"],
            password=form.cleaned_data["password"],
        )
        try:
            people.accept_invitation(token, chosen, at=clock.now())
        except people.PersonExists as error:
            form.refuse(error, "username")
        except DomainError as error:
            form.refuse(error)
        return not form.errors

    def _page(self, request, form, invitation, status=200):
        context = {"form": form, "invitation": invitation}
        response = render(request, self.template_name, context, status=status)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
