"""Badges and PINs: the person's own PIN, and what managers give out and take back."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, code128
from core.errors import NotFound, gettext_noop
from core.forms.badges import PinForm
from core.models.people import User
from core.permissions import SIGNED_IN, RequireCapability
from core.reauth import RecentSignIn
from core.services import badges
from core.views.acts import Act
from core.views.notes import leave_note

MANAGERS = ("users.manage", "fulfillment.manage_stations")


class NoBadge(NotFound):
    """There is nothing to print."""

    code = "NO_BADGE"
    text = gettext_noop("This person has no badge. Issue one first.")


class MyPin(RequireCapability, RecentSignIn, View):
    """Set my own PIN for shared floor devices."""

    capability = SIGNED_IN
    template_name = "core/my_pin.html"

    def get(self, request):
        return self._page(request, PinForm())

    def post(self, request):
        form = PinForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        actor, pin = self.principal.actor, form.cleaned_data["pin"]
        badges.set_pin(request.user.pk, pin, actor=actor, at=clock.now())
        leave_note(request, gettext("PIN saved. It works with your badge at once."))
        return redirect("security")

    def _page(self, request, form, status=200):
        return render(request, self.template_name, {"form": form}, status=status)


class BadgeList(RequireCapability, View):
    """M12: whose badges and PINs I look after."""

    capability = MANAGERS

    def get(self, request):
        people = User.objects.badge_holders_for(self.principal).filter(is_active=True)
        rows = people.order_by("full_name", "pk")[:500]
        return render(request, "core/badges.html", {"people": rows})


class BadgeSheet(RequireCapability, View):
    """The badge of one person, to print."""

    capability = MANAGERS

    def get(self, request, pk):
        person = get_object_or_404(User.objects.badge_holders_for(self.principal), pk=pk)
        if not person.badge_code:
            raise NoBadge
        bars = code128.draw(person.badge_code)
        return render(request, "core/badge.html", {"person": person, "bars": bars})


class _OnHolder(RecentSignIn, Act, View):
    capability = MANAGERS

    def rows(self):
        return User.objects.badge_holders_for(self.principal)

    def done_url(self, found):
        return reverse("badges")


class IssueBadge(_OnHolder):
    """Give a person a new badge."""

    title = _("Issue a badge?")
    submit_text = _("Issue badge")

    def text(self, found):
        if found.badge_code:
            return gettext(
                "%(name)s gets a new code. The badge printed before stops working at once, and "
                "the floor session opened with it ends."
            ) % {"name": found}
        return gettext("%(name)s gets a code to print. It opens nothing without a PIN.") % {
            "name": found
        }

    def do(self, found, form):
        badges.issue_badge(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        found.refresh_from_db(fields=["badge_code"])
        return reverse("badge", args=[found.pk]) if found.badge_code else reverse("badges")


class RevokeBadge(_OnHolder):
    """Take a badge back, for example one that was lost."""

    title = _("Revoke the badge?")
    submit_text = _("Revoke badge")
    danger = True
    note = _("The badge is revoked. Floor sessions opened with it have ended.")

    def text(self, found):
        return gettext("The badge of %(name)s opens nothing any more. The PIN stays.") % {
            "name": found
        }

    def do(self, found, form):
        badges.revoke_badge(found.pk, actor=self.principal.actor, at=self.now)


class SetPin(_OnHolder):
    """Set the PIN of somebody who forgot it."""

    form_class = PinForm
    title = _("Set a new PIN?")
    submit_text = _("Set PIN")
    note = _("PIN saved. Floor sessions opened with the badge have ended.")

    def text(self, found):
        return gettext(
            "Let %(name)s type it. A lock after wrong PINs ends; it stands in the audit log that "
            "you set it."
        ) % {"name": found}

    def do(self, found, form):
        pin = form.cleaned_data["pin"]
        badges.set_pin(found.pk, pin, actor=self.principal.actor, at=self.now)
