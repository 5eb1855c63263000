"""A6: API keys: what they may do, when they were used, and their end."""

from __future__ import annotations

import datetime as dt

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.capabilities import CAPABILITIES
from core.errors import DomainError
from core.forms.api_keys import KeyForm, RotateForm
from core.forms.people import ReasonForm
from core.models import AuditEntry
from core.models.people import ApiKey
from core.permissions import SIGNED_IN, RequireCapability
from core.reauth import RecentSignIn
from core.services import api_keys
from core.services.api_keys import UNUSED_AFTER, KeyDraft
from core.tables import Column, EmptyText, IndexView, PageButton, Tab
from core.views.acts import Act


def hint(key) -> str:
    """Return what a person should know about the key, or nothing."""
    now = clock.now()
    if key.revoked_at is not None:
        return str(_("revoked"))
    if key.expires_at is not None and key.expires_at <= now:
        return str(_("ended"))
    if (key.last_used_at or key.created_at) < now - UNUSED_AFTER:
        return str(_("unused for 90 days: revoke it?"))
    return ""


class KeyIndex(IndexView):
    """Every key in reach: all of them for those who manage keys, else my own."""

    capability = SIGNED_IN
    key = "api-keys"
    title = _("API keys")
    columns = (
        Column("name", _("Name"), sort="name", fixed=True),
        Column("prefix", _("Begins with"), render=lambda key: f"qk_{key.prefix}…"),
        Column("owner", _("Belongs to"), render=lambda key: key.owner or _("the company")),
        Column("capabilities", _("Rights"), render=lambda key: len(key.capabilities), end=True),
        Column("last_used_at", _("Last used"), sort="last_used_at"),
        Column("expires_at", _("Ends"), sort="expires_at"),
        Column("hint", _("Note"), render=hint, export=hint),
    )
    tabs = (
        Tab("usable", _("In use"), where=lambda rows: rows.usable(clock.now())),
        Tab("over", _("Ended"), where=lambda rows: rows.exclude_usable(clock.now())),
    )
    buttons = (
        PageButton(
            _("Create a key"), "key-round", "api-key-new", "keys.manage", primary=True, create=True
        ),
    )
    empty = EmptyText(
        _("No API keys yet"),
        _("A key lets a shop, an ERP or a script read and write through the API."),
        "key-round",
        _("Create a key"),
        "api-key-new",
    )
    default_sort = "name"

    def rows_for(self, principal):
        return ApiKey.objects.visible_to(principal).select_related("owner")

    def search(self, rows, text):
        return rows.filter(name__icontains=text)

    def row_url(self, row):
        return reverse("api-key", args=[row.pk])


class NewKey(RequireCapability, RecentSignIn, View):
    """Create a key and show its secret once."""

    capability = "keys.manage"

    def get(self, request):
        return self._page(request, KeyForm())

    def post(self, request):
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        draft = KeyDraft(
            name=form.cleaned_data["name"],
            capabilities=frozenset(form.cleaned_data["capabilities"]),
            warehouse_codes=form.scope("warehouse_codes"),
            channel_codes=form.scope("channel_codes"),
            allowed_networks=form.networks(),
            expires_at=form.cleaned_data["expires_on"],
            owner=request.user if form.cleaned_data["belongs"] == "me" else None,
        )
        try:
            issued = api_keys.issue(draft, actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error, _field_of(error))
            return self._page(request, form, 422)
        return show_once(request, issued)

    def _page(self, request, form, status=200):
        return render(request, "core/key_new.html", {"form": form}, status=status)


def _field_of(error) -> str:
    wrong_network = isinstance(error, api_keys.BadNetwork)
    return "allowed_networks" if wrong_network else "capabilities"


def show_once(request, issued):
    """Return the one page that shows the secret; nothing keeps a copy of it."""
    context = {"key": issued.key, "token": issued.token}
    return render(request, "core/key_issued.html", context, status=201)


class KeyPage(RequireCapability, View):
    """One key: rights, places, networks, use, history."""

    capability = SIGNED_IN

    def get(self, request, pk):
        key = get_object_or_404(_keys(self.principal), pk=pk)
        now = clock.now()
        context = {
            "key": key,
            "rights": [CAPABILITIES[code] for code in key.capabilities if code in CAPABILITIES],
            "is_usable": key.is_usable(now),
            "hint": hint(key),
            "may_manage": self.principal.may("keys.manage"),
            "may_revoke": self.principal.may("keys.manage") or _is_mine(self.principal, key),
            "entries": AuditEntry.objects.of(f"api_key:{key.pk}")[:20],
        }
        return render(request, "core/key.html", context)


def _keys(principal):
    return ApiKey.objects.visible_to(principal).select_related("owner", "replaces")


def _is_mine(principal, key) -> bool:
    return key.owner_id is not None and principal.actor.key == f"user:{key.owner_id}"


class RotateKey(RecentSignIn, Act, View):
    """Make a successor and end the old key after a while."""

    capability = "keys.manage"
    form_class = RotateForm
    title = _("Make a new secret for this key?")
    submit_text = _("Make new secret")

    def rows(self):
        return _keys(self.principal)

    def text(self, found):
        return _("The new key has the same rights. Put it in place before the old one ends.")

    def done_url(self, found):
        return reverse("api-key", args=[found.pk])

    def get(self, request, pk):
        found = get_object_or_404(self.rows(), pk=pk)
        form = self.form_class(initial={"overlap_hours": 24})
        return self._ask(request, found, form, 200)

    def post(self, request, pk):
        found = get_object_or_404(self.rows(), pk=pk)
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(request, found, form, 422)
        overlap = dt.timedelta(hours=form.cleaned_data["overlap_hours"])
        try:
            issued = api_keys.rotate(
                found.pk, actor=self.principal.actor, at=self.now, overlap=overlap
            )
        except DomainError as error:
            form.refuse(error)
            return self._ask(request, found, form, 409)
        return show_once(request, issued)


class RevokeKey(RecentSignIn, Act, View):
    """End a key at once: managers any key, others their own."""

    capability = SIGNED_IN
    form_class = ReasonForm
    title = _("Revoke this key?")
    submit_text = _("Revoke key")
    danger = True
    note = _("Key revoked. The next call with it is refused.")

    def rows(self):
        return _keys(self.principal)

    def text(self, found):
        if found.last_used_at is None:
            return _("It was never used. This can't be undone.")
        return _("It was last used on %(day)s. What uses it stops at once; no undo.") % {
            "day": f"{found.last_used_at:%Y-%m-%d %H:%M} UTC"
        }

    def do(self, found, form):
        api_keys.revoke(
            found.pk, reason=form.cleaned_data["reason"], actor=self.principal.actor, at=self.now
        )

    def done_url(self, found):
        return reverse("api-key", args=[found.pk])
