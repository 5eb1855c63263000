"""The link at the foot of mails to customers: no more of this kind (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from core import clock, letters
from core.actors import Actor
from core.models import OutboundMail
from core.tries import TooManyTries
from customers.domain.topics import ESSENTIAL
from customers.models import NotificationChoice
from customers.services import notifications
from customers.topic_words import TITLES
from shipping.portal_page import PortalPage
from shipping.services import portal


@method_decorator(csrf_exempt, name="dispatch")
class MailOff(PortalPage):
    """One mail's topic, switched off and on again by its signed link.

    Mail programs post here without a cookie, so no token of a form can be asked for; the signed
    address is the proof. Opening the link alone changes nothing: scanners open every link.
    """

    referrer = "same-origin"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(token, wanted=request.POST.get("wanted") == "1")

    def _answer(self, token: str, wanted: bool | None = None) -> HttpResponse:
        mail = self._mail(token)
        kind = letters.kind_of(mail.template) if mail else None
        if mail is None or kind is None or kind.topic in ESSENTIAL:
            return self._missed()
        if "lang" not in self.request.GET and mail.language:
            translation.activate(mail.language)
        if wanted is not None:
            notifications.choose(
                mail.to,
                {kind.topic: wanted},
                source=NotificationChoice.Source.MAIL,
                actor=Actor("customer", None, "mail"),
                at=clock.now(),
            )
        choices = {one.topic: one.is_on for one in notifications.choices_of(mail.to)}
        context = {
            "token": token,
            "topic": TITLES[kind.topic],
            "is_on": choices[kind.topic],
            "is_changed": wanted is not None,
        }
        return self.show("portal/mail_off.html", context)

    def _mail(self, token: str) -> OutboundMail | None:
        mail_id = letters.mail_of_token(token)
        rows = OutboundMail.objects.filter(pk=mail_id) if mail_id else OutboundMail.objects.none()
        return rows.exclude(to="").first()

    def _missed(self) -> HttpResponse:
        try:
            portal.count_try(portal.OPEN, self.visitor(), limit=portal.MISSES, at=clock.now())
        except TooManyTries as error:
            return self.ended(str(error), error.status)
        return self.ended()
