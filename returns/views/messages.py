"""What customers wrote and what waits for an answer: a page of the desk, and two acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from core import files
from core.errors import NotFound
from core.forms import QForm
from core.permissions import RequireCapability
from core.views.acts import Act
from returns.models import CustomerMessage, MessageThread
from returns.queries import portal as pages
from returns.services import messages

MOST_SHOWN = 50


class MessageDesk(RequireCapability, TemplateView):
    """Conversations by state; those that wait come oldest first."""

    capability = "returns.view"
    template_name = "returns/messages.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.GET.get("tab", "")
        tab = wanted if wanted in MessageThread.State.values else MessageThread.State.WAITING
        rows = MessageThread.objects.visible_to(self.principal)
        return super().get_context_data(
            tab=tab,
            tabs=MessageThread.State.choices,
            threads=pages.desk_threads(rows.filter(state=tab), is_waiting=tab == "waiting")[
                :MOST_SHOWN
            ],
            waiting_count=rows.waiting().count(),
            may_answer=self.principal.may("returns.manage"),
            **kwargs,
        )


class AnswerForm(QForm):
    """What the shop answers."""

    body = forms.CharField(
        label=_("Answer"), max_length=messages.MOST_CHARS, widget=forms.Textarea(attrs={"rows": 5})
    )


class _ThreadAct(Act, View):
    capability = "returns.manage"

    def rows(self):
        return MessageThread.objects.visible_to(self.principal).select_related("order")

    def done_url(self, found):
        return f"{reverse('return-messages')}?tab={found.state}"


class AnswerMessage(_ThreadAct, View):
    """Answer; the customer gets a mail with a link."""

    form_class = AnswerForm
    title = _("Answer the customer")
    submit_text = _("Send answer")
    note = _("The answer is on the customer's page; a mail tells of it.")

    def text(self, found):
        last = found.messages.filter(side="customer").order_by("-at", "-pk").first()
        return last.body if last else ""

    def do(self, found, form):
        messages.answer(
            found.pk, form.cleaned_data["body"], actor=self.principal.actor, at=self.now
        )


class CloseThread(_ThreadAct, View):
    """End a conversation that needs no answer."""

    title = _("Close this conversation?")
    submit_text = _("Close conversation")

    def text(self, found):
        return _("Nothing is sent. The customer's next message opens it again.")

    def do(self, found, form):
        messages.close(found.pk, actor=self.principal.actor, at=self.now)


class MessagePhoto(RequireCapability, View):
    """The photo of a message, as a download."""

    capability = "returns.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        threads = MessageThread.objects.visible_to(self.principal)
        rows = CustomerMessage.objects.filter(thread__in=threads).select_related("photo")
        message = get_object_or_404(rows, pk=pk)
        if message.photo is None:
            raise NotFound(str(_("There is no photo with this message.")))
        return files.download(message.photo)
