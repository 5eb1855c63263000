"""O11: the mails to customers: their words in both languages, who sends which, what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock, letters, pii
from core.errors import DomainError
from core.forms.kit import QForm
from core.htmx import redirect_to
from core.letters import LetterKind
from core.models import OutboundMail
from core.permissions import Principal, RequireCapability
from core.submissions import SubmitOnce
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from core.views.notes import leave_note
from customers.domain.topics import CODES
from customers.models import LetterWording, NotificationSwitch
from customers.services import notifications, wordings
from customers.topic_words import HINTS, TITLES
from orders.models import Channel
from orders.services import letter_post, outbox

SEE = "orders.view"
WORD = "settings.manage"
SEND = "orders.edit"
COUNTED: Final = dt.timedelta(days=30)
_LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)
_SAMPLE: Final = "SAMPLE"


class TemplatesPage(RequireCapability, View):
    """Every letter, how often it went out, and which channel sends which topic."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        counted = outbox.counts(since=clock.now() - COUNTED)
        own = _own_wordings()
        rows = [
            {
                "kind": kind,
                "topic": TITLES[kind.topic],
                "url": _url_of(kind),
                "count": counted.get(kind.template, {"sent": 0, "failed": 0}),
                "own": [code for code in _LANGUAGES if (kind.template, code) in own],
            }
            for kind in letters.kinds()
        ]
        context = {
            "rows": rows,
            "topics": [{"code": c, "title": TITLES[c], "hint": HINTS[c]} for c in CODES],
            "channels": self._channels(),
            "may_word": self.principal.may(WORD),
        }
        return render(request, "orders/letters.html", context)

    def _channels(self) -> list[dict[str, Any]]:
        channels = Channel.objects.visible_to(self.principal).filter(is_active=True)
        switched = {
            (row.channel_code, row.topic): row.is_on for row in NotificationSwitch.objects.all()
        }
        return [
            {
                "code": channel.code,
                "name": channel.name,
                "cells": [
                    {
                        "topic": topic,
                        "title": TITLES[topic],
                        "is_on": switched.get(
                            (channel.code, topic), letter_post.is_usual(channel, topic)
                        ),
                    }
                    for topic in CODES
                ],
            }
            for channel in channels.order_by("name", "pk")
        ]


class ChannelSwitches(SubmitOnce, RequireCapability, View):
    """Set which topics one channel writes to its customers about."""

    capability = WORD

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        channel = get_object_or_404(Channel.objects.visible_to(self.principal), code=code)
        on = set(request.POST.getlist("topic"))
        wanted = {topic: topic in on for topic in CODES}
        notifications.switch(channel.code, wanted, actor=self.principal.actor, at=clock.now())
        leave_note(request, gettext("Saved: mails of %(name)s") % {"name": channel.name})
        return redirect_to(request, reverse("message-templates"))


class WordingForm(QForm):
    """Subject and text of a letter in one language."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 14}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class TemplatePage(SubmitOnce, RequireCapability, View):
    """One letter in one language: its preview, its words, its versions."""

    capability = SEE

    def get(self, request: HttpRequest, app: str, name: str) -> HttpResponse:
        kind, language = _kind(app, name), _language(request)
        return self._show(kind, language, self._form(kind, language), 200)

    def post(self, request: HttpRequest, app: str, name: str) -> HttpResponse:
        self.principal.require(WORD)
        kind, language = _kind(app, name), _language(request)
        form = WordingForm(request.POST)
        if not form.is_valid():
            return self._show(kind, language, form, 422)
        words = (form.cleaned_data["subject"], form.cleaned_data["body"])
        if request.POST.get("act") == "preview":
            return self._show(kind, language, form, 200, words)
        try:
            wordings.save(
                kind,
                language,
                words,
                after_version=form.cleaned_data["version"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.refuse(error)
            return self._show(kind, language, form, 409 if error.status == 409 else 422)
        leave_note(request, gettext("The new words are in force from now on."))
        return redirect_to(request, f"{_url_of(kind)}?lang={language}")

    def _form(self, kind: LetterKind, language: str) -> WordingForm:
        newest = LetterWording.objects.of(kind.template, language).first()
        subject, body = _built_in(kind, language)
        if newest is not None and not newest.is_built_in:
            subject, body = newest.subject, newest.body
        version = newest.version if newest else 0
        return WordingForm(initial={"subject": subject, "body": body, "version": version})

    def _show(
        self,
        kind: LetterKind,
        language: str,
        form: WordingForm,
        status: int,
        words: tuple[str, str] | None = None,
    ) -> HttpResponse:
        shown = _preview(kind, language, words)
        used = letters.places(str(form["subject"].value())) | letters.places(
            str(form["body"].value())
        )
        context = {
            "kind": kind,
            "form": form,
            "url": _url_of(kind),
            "topic": TITLES[kind.topic],
            "language": language,
            "languages": _LANGUAGES,
            "shown": shown,
            "missing": sorted(used - kind.names()),
            "places": _places(kind, used),
            "versions": list(LetterWording.objects.of(kind.template, language)[:20]),
            "may_word": self.principal.may(WORD),
        }
        return render(self.request, "orders/letter.html", context, status=status)


class RestoreWording(SubmitOnce, RequireCapability, View):
    """Put an older version, or the built-in text, in force again."""

    capability = WORD

    def post(self, request: HttpRequest, app: str, name: str) -> HttpResponse:
        kind, language = _kind(app, name), _language(request)
        version = request.POST.get("version", "")
        if not version.isdecimal():
            raise Http404
        rows = LetterWording.objects.of(kind.template, language)
        if int(version) and not rows.filter(version=int(version)).exists():
            raise Http404
        wordings.restore(kind, language, int(version), actor=self.principal.actor, at=clock.now())
        leave_note(request, gettext("These words are in force again."))
        return redirect_to(request, f"{_url_of(kind)}?lang={language}")


def _titles(_principal: Principal) -> list[tuple[str, str]]:
    return [(kind.template, str(kind.title)) for kind in letters.kinds()]


def _title(row: Any) -> str:
    kind = letters.kind_of(row.template)
    return str(kind.title) if kind else row.template


class MessageIndex(IndexView):
    """Every letter to a customer, planned, sent or failed."""

    key = "messages"
    capability = SEE
    title = _("Mails sent")
    columns = (
        Column("template", _("Mail"), fixed=True, render=_title),
        Column("subject", _("Subject")),
        Column("to", _("To"), capability="customers.view_pii"),
        Column("language", _("Language")),
        Column("state", _("State"), bare=True, render=lambda row: ui.chip("mail", row.state)),
        Column("created_at", _("Planned"), render=lambda row: ui.moment(row.created_at)),
        Column(
            "sent_at",
            _("Sent"),
            render=lambda row: ui.moment(row.sent_at) if row.sent_at else "",
        ),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("failed", _("Failed"), Q(state="failed"), hot=True),
        Tab("planned", _("Planned"), Q(state="planned")),
        Tab("sent", _("Sent"), Q(state="sent")),
    )
    filters = (
        Filter("template", _("Mail"), field="template", options=_titles, promoted=True),
        Filter("target", _("Order key"), field="target", kind="text"),
    )
    buttons = (PageButton(_("Mails and words"), "mail", "message-templates", SEE),)
    empty = EmptyText(
        _("No mails yet"),
        _("The first order with an e-mail address makes the first one."),
        "mail",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return outbox.letters_visible_to(principal)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(subject__icontains=text) | Q(target=text))

    def row_url(self, row: Any) -> str:
        return reverse("message", args=[row.pk])


class MessagePage(RequireCapability, View):
    """One letter: to whom, when, what became of it."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(outbox.letters_visible_to(self.principal), pk=pk)
        kind = letters.kind_of(row.template)
        kept = row.state != OutboundMail.State.PLANNED
        context = {
            "row": row,
            "title": _title(row),
            "to": pii.show(self.principal, row.to, "contact"),
            "order_url": _order_url(row.target),
            "template_url": _url_of(kind) if kind else "",
            "may_send": kept
            and self.principal.may(SEND)
            and (row.state == OutboundMail.State.FAILED or bool(kind and kind.again)),
        }
        return render(request, "orders/message.html", context)


class SendAgain(Act, View):
    """Send one letter once more."""

    capability = SEND
    title = _("Send this mail again?")
    submit_text = _("Send again")
    note = _("The mail is on its way again.")

    def rows(self):
        return outbox.letters_visible_to(self.principal)

    def text(self, found):
        return _("It is written anew from the order as it stands now, with a link of its own.")

    def do(self, found, form):
        outbox.send_again(found, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        return reverse("message", args=[found.pk])


def _kind(app: str, name: str) -> LetterKind:
    kind = letters.kind_of(f"{app}/{name}")
    if kind is None:
        raise Http404
    return kind


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang", "") or request.POST.get("lang", "")
    shown = translation.get_language() or ""
    return next((code for code in (wanted, shown) if code in _LANGUAGES), _LANGUAGES[0])


def _url_of(kind: LetterKind) -> str:
    return reverse("message-template", args=[kind.app, kind.name])


def _order_url(target: str) -> str:
    number = target.removeprefix("order:")
    return reverse("order", args=[int(number)]) if number.isdecimal() else ""


def _own_wordings() -> set[tuple[str, str]]:
    newest: dict[tuple[str, str], bool] = {}
    for row in LetterWording.objects.order_by("version", "pk").only("template", "language", "body"):
        newest[(row.template, row.language)] = not row.is_built_in
    return {key for key, is_own in newest.items() if is_own}


def _samples(kind: LetterKind) -> dict[str, str]:
    """Return the sample of each variable, in the active language."""
    return {variable.name: str(variable.sample) for variable in kind.variables}


def _preview(kind: LetterKind, language: str, words: tuple[str, str] | None) -> dict[str, str]:
    worded = (
        LetterWording(subject=words[0], body=words[1])
        if words is not None
        else wordings.in_force(kind.template, language)
    )
    with translation.override(language):
        context = {**_samples(kind), "token": _SAMPLE}
        subject, body = letters.render(kind, context, language, worded)
    return {"subject": " ".join(subject.split()), "body": body.strip()}


def _built_in(kind: LetterKind, language: str) -> tuple[str, str]:
    """Return the built-in text with places instead of values, to begin own words from."""
    with translation.override(language):
        context = {variable.name: f"[{variable.name}]" for variable in kind.variables}
        subject, body = letters.render(kind, {**context, "token": _SAMPLE}, language)
        link = letters.link_of(kind, {"token": _SAMPLE})
    if link:
        body = body.replace(link, f"[{letters.LINK}]")
    return " ".join(subject.split()), body.strip()


def _places(kind: LetterKind, used: frozenset[str]) -> list[dict[str, Any]]:
    rows = [
        {"name": one.name, "title": one.title, "sample": one.sample, "is_used": one.name in used}
        for one in kind.variables
    ]
    if kind.link:
        title = gettext_lazy("link to the customer's page")
        rows.append({"name": letters.LINK, "title": title, "sample": "", "is_used": "link" in used})
    return rows
