"""C10: the customer writes about an order or a return, and reads what was answered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from core import files, photos
from core.errors import DomainError
from returns.forms.portal import MessageForm
from returns.models import CustomerMessage, MessageThread, ReturnRequest
from returns.queries import portal as pages
from returns.services import delivery_cases, messages
from returns.services.messages import Words
from returns.views.portal_page import ReturnPage
from shipping.models import Parcel


class Messages(ReturnPage):
    """The form, and below it the conversations so far."""

    def get(self, request: HttpRequest) -> HttpResponse:
        topic = request.GET.get("topic", "")
        known = topic if topic in MessageThread.Topic.values else ""
        return self._page(MessageForm(initial={"topic": known or MessageThread.Topic.OTHER}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MessageForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        photo = None
        try:
            if form.cleaned_data["photo"]:
                photo = photos.clean(form.cleaned_data["photo"])
            self._write(form, photo)
        except DomainError as error:
            form.refuse(error)
            return self._page(form, status=error.status)
        return redirect(f"{self.url('portal-message')}?sent=1")

    def _write(self, form: MessageForm, photo: bytes | None) -> None:
        topic = form.cleaned_data["topic"]
        words = Words(
            topic=topic,
            body=form.cleaned_data["body"],
            photo=photo,
            request_id=self._request_id() if topic == MessageThread.Topic.RETURN else None,
            language=translation.get_language() or "",
        )
        messages.write(self.sale.pk, words, actor=self.actor, at=self.now)
        if topic == MessageThread.Topic.NOT_ARRIVED:
            self._report_missing(words.body)

    def _report_missing(self, body: str) -> None:
        """Open a case for each parcel that its carrier calls delivered (X24)."""
        delivered = Parcel.objects.for_order(self.order_key).filter(
            state=Parcel.State.DELIVERED, owner_key__startswith="shipment:"
        )
        for parcel in delivered:
            delivery_cases.report_missing(
                self.order_key, parcel.pk, words=body, actor=self.actor, at=self.now
            )

    def _request_id(self) -> int | None:
        row = ReturnRequest.objects.filter(order=self.sale).order_by("-pk").first()
        return row.pk if row else None

    def _page(self, form: MessageForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "is_sent": self.request.GET.get("sent") == "1",
            "threads": pages.threads_of(self.sale.pk),
            "back": self.url("tracking"),
        }
        return self.show("portal/message.html", context, status)


class Photo(ReturnPage):
    """The photo of one message about this order."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        rows = CustomerMessage.objects.filter(thread__order=self.sale, photo__isnull=False)
        message = rows.select_related("photo").filter(pk=pk).first()
        if message is None or message.photo is None:
            return self.ended()
        return self.sealed(files.download(message.photo))
