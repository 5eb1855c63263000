"""C9: addresses, language, mails, sessions, the copy of one's data and its erasure."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation

from config import portal_accounts
from config.views.account_forms import AddressForm, LanguageForm
from config.views.account_page import AccountPage
from core import files
from core.errors import DomainError, NotFound
from customers import configured
from customers.domain import account_settings
from customers.domain.privacy_states import OPEN
from customers.models import CustomerAddress, PortalSession, PrivacyRequest
from customers.services import accounts, addresses, copies, notifications, privacy
from customers.services.privacy import Wish
from customers.topic_words import HINTS, TITLES

Kind, Source = PrivacyRequest.Kind, PrivacyRequest.Source


class Profile(AccountPage):
    """Everything the customer may change or ask for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def page(self, problem: str = "", status: int = 200) -> HttpResponse:
        asked = PrivacyRequest.objects.filter(account=self.account).order_by("-pk")[:10]
        rows = list(asked.select_related("file"))
        context = {
            "problem": problem,
            "addresses": list(portal_accounts.addresses_of(self.account)),
            "form": LanguageForm(initial={"language": self.account.language or "en"}),
            "choices": [
                {
                    "topic": one.topic,
                    "title": TITLES.get(one.topic, one.topic),
                    "hint": HINTS.get(one.topic, ""),
                    "is_on": one.is_on,
                    "is_fixed": one.is_fixed,
                }
                for one in notifications.choices_of(self.account.email)
            ],
            "sessions": list(
                PortalSession.objects.live(self.now)
                .filter(account=self.account)
                .order_by("-last_seen_at", "-pk")
            ),
            "current": self.session.pk,
            "copies": [row for row in rows if row.kind == Kind.COPY],
            "erasure": next(
                (row for row in rows if row.kind == Kind.ERASURE and row.state in OPEN), None
            ),
            "copy_days": configured.whole(account_settings.COPY_DAYS),
            "now": self.now,
        }
        return self.show("portal/account/profile.html", context, status)


class ChooseLanguage(Profile):
    """Keep the language of mails, and show the pages in it."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        form = LanguageForm(request.POST)
        if not form.is_valid():
            return self.page(form.summary[0].text, 422)
        accounts.speak(self.account, form.cleaned_data["language"], at=self.now)
        return redirect("account-profile")


class ChooseMails(Profile):
    """Switch topics of mails on and off."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        known = notifications.choices_of(self.account.email)
        wanted = {one.topic: one.topic in request.POST for one in known if not one.is_fixed}
        notifications.choose(
            self.account.email, wanted, source="account", actor=self.actor, at=self.now
        )
        return redirect("account-profile")


class EditAddress(AccountPage):
    """One address: a new one, or one of the customer's own."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        row = self.row(pk)
        initial: dict[str, Any] = {}
        if row is not None:
            names = [name for name in AddressForm.base_fields if name != "submission_key"]
            initial = {name: getattr(row, name) for name in names}
        return self.form_page(AddressForm(initial=initial), row)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        row, form = self.row(pk), AddressForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, row, 422)
        owner = row.customer if row else addresses.customer_of(self.account, at=self.now)
        try:
            addresses.save(
                owner,
                pk,
                form.draft(),
                is_default=form.cleaned_data["is_default"],
                actor=self.actor,
                at=self.now,
            )
        except addresses.TooManyAddresses as error:
            form.refuse(error)
            return self.form_page(form, row, error.status)
        return redirect("account-profile")

    def row(self, pk: int | None) -> CustomerAddress | None:
        if pk is None:
            return None
        own = portal_accounts.addresses_of(self.account).select_related("customer")
        found = own.filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def form_page(
        self, form: AddressForm, row: CustomerAddress | None, status: int = 200
    ) -> HttpResponse:
        return self.show("portal/account/address.html", {"form": form, "row": row}, status)


class RemoveAddress(EditAddress):
    """Take one address away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        row = self.row(pk)
        if row is None:
            raise NotFound
        addresses.remove(row.customer, row.pk, actor=self.actor, at=self.now)
        return redirect("account-profile")


class EndSession(AccountPage):
    """Sign out one other browser, or all others."""

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponseBase:
        if pk is None:
            accounts.end_others(self.account, self.session.pk, at=self.now)
        else:
            accounts.end_session(self.account, pk, at=self.now)
        return redirect("account-profile")


class AskCopy(Profile):
    """Ask for the copy of one's data; a job makes it."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self.asked(Kind.COPY)

    def asked(self, kind: str) -> HttpResponseBase:
        customer = portal_accounts.customers_of(self.account).order_by("pk").first()
        wish = Wish(
            kind,
            Source.ACCOUNT,
            customer.pk if customer else None,
            self.account.pk,
            translation.get_language() or "en",
        )
        try:
            privacy.ask(wish, actor=self.actor, at=self.now)
        except DomainError as error:
            return self.page(str(error), error.status)
        return redirect("account-profile")


class FetchCopy(AccountPage):
    """The finished copy, for some days, for its owner alone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        own = PrivacyRequest.objects.filter(account=self.account, kind=Kind.COPY)
        row = own.select_related("file").filter(pk=pk).first()
        if row is None:
            raise NotFound
        return files.download(copies.fetch(row, at=self.now))


class Erase(AskCopy):
    """Say what erasure means and what is in its way; then ask for it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        customer = portal_accounts.customers_of(self.account).order_by("pk").first()
        context = {
            "blocks": privacy.blocks(privacy.person(customer, self.account)),
            "grace_days": configured.whole(account_settings.GRACE_DAYS),
        }
        return self.show("portal/account/erase.html", context)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        return self.asked(Kind.ERASURE)


class KeepData(AccountPage):
    """Take the wish to be erased back."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        own = PrivacyRequest.objects.filter(account=self.account, kind=Kind.ERASURE, pk=pk)
        if not own.exists():
            raise NotFound
        privacy.withdraw(pk, actor=self.actor, at=self.now)
        return redirect("account-profile")
