"""A2: a lost second factor is removed by two people: one asks, another one decides."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.forms.people import ReasonForm
from core.models.people import User
from core.models.second_factor import SecondFactorReset
from core.reauth import RecentSignIn
from core.services import second_factor_resets as resets
from core.views.acts import Act


def people_to_decide_on(rows):
    """Keep the people for whom a reset waits for a second person."""
    waiting = SecondFactorReset.objects.open(clock.now())
    return rows.filter(pk__in=waiting.values("subject"))


def open_reset(principal, person):
    """Return the open request for this person with what the asker of the page may do, or None."""
    found = (
        SecondFactorReset.objects.visible_to(principal)
        .open(clock.now())
        .filter(subject=person)
        .select_related("asked_by")
        .first()
    )
    if found is None:
        return None
    me = principal.actor.id
    return {
        "row": found,
        "may_decide": me not in (found.asked_by_id, found.subject_id),
        "may_withdraw": me == found.asked_by_id,
    }


class AskReset(RecentSignIn, Act, View):
    """Ask for a second person's yes."""

    capability = "users.manage"
    form_class = ReasonForm
    title = _("Ask to reset the second factor?")
    submit_text = _("Ask for reset")
    note = _("Asked. Nothing changes until a second person approves, within 24 hours.")

    def rows(self):
        return User.objects.visible_to(self.principal)

    def text(self, found):
        return _(
            "Make sure that it is really this person who asks. A second person who manages people "
            "must approve within 24 hours; then all passkeys, apps and recovery codes are removed."
        )

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        resets.ask(found.pk, reason=reason, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        return reverse("user", args=[found.pk])


class ApproveReset(RecentSignIn, Act, View):
    """The second person's yes."""

    capability = "users.manage"
    title = _("Reset the second factor?")
    submit_text = _("Approve reset")
    danger = True
    note = _("Reset. The person sets up a new second factor after the next sign-in.")

    def rows(self):
        return SecondFactorReset.objects.visible_to(self.principal).select_related(
            "subject", "asked_by"
        )

    def text(self, found):
        words = _(
            "%(asker)s asks it for %(name)s: “%(reason)s”. All passkeys, apps, recovery codes and "
            "trusted browsers are removed, every session and own API key ends."
        )
        return words % self._facts(found)

    @staticmethod
    def _facts(found):
        return {"asker": found.asked_by, "name": found.subject, "reason": found.reason}

    def do(self, found, form):
        resets.approve(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        return reverse("user", args=[found.subject_id])


class RejectReset(ApproveReset):
    """The second person's no."""

    form_class = ReasonForm
    title = _("Reject the reset?")
    submit_text = _("Reject reset")
    note = _("Rejected. The second factor stays as it is.")

    def text(self, found):
        words = _("%(asker)s asks it for %(name)s: “%(reason)s”. Nothing changes for %(name)s.")
        return words % self._facts(found)

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        resets.reject(found.pk, reason=reason, actor=self.principal.actor, at=self.now)


class WithdrawReset(ApproveReset):
    """Take one's own request back."""

    title = _("Withdraw the reset?")
    submit_text = _("Withdraw reset")
    danger = False
    note = _("Withdrawn. The second factor stays as it is.")

    def text(self, found):
        return _("Nothing changes for %(name)s.") % {"name": found.subject}

    def do(self, found, form):
        resets.withdraw(found.pk, actor=self.principal.actor, at=self.now)
