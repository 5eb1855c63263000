"""A2: seeing the product as another person, and the end of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core import clock, view_as
from core.forms.people import ReasonForm
from core.htmx import redirect_to
from core.models.people import User
from core.permissions import SIGNED_IN, RequireCapability
from core.reauth import RecentSignIn
from core.views.acts import Act
from core.views.notes import leave_note


class StartViewing(RecentSignIn, Act, View):
    """Look with another person's rights."""

    capability = view_as.CAPABILITY
    form_class = ReasonForm
    title = gettext_lazy("View as this person?")
    submit_text = gettext_lazy("Start viewing")

    def rows(self):
        return User.objects.visible_to(self.principal)

    def text(self, found):
        words = _(
            "For 30 minutes you see what %(name)s sees, and can't change anything. Start and end "
            "stand in the audit log. Notices, jobs, profile and API keys stay your own."
        )
        return words % {"name": found}

    def do(self, found, form):
        view_as.start(self.request, found, reason=form.cleaned_data["reason"], at=self.now)

    def done_url(self, found):
        started = view_as.of_session(self.request) is not None
        return reverse("home") if started else reverse("user", args=[found.pk])


class StopViewing(RequireCapability, View):
    """Be oneself again."""

    capability = SIGNED_IN

    def post(self, request):
        found = view_as.stop(request, why="stopped", at=clock.now())
        if found is None:
            return redirect_to(request, reverse("home"))
        leave_note(request, _("You see the product as yourself again."))
        return redirect_to(request, reverse("user", args=[found.person_id]))
