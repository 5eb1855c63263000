"""M11, campaigns: the list, one campaign with what it used and did, its codes, gift orders."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from core import clock
from core.errors import DomainError
from core.permissions import RequireCapability
from core.tables import Column, EmptyText, IndexView, PageButton, Tab
from core.templatetags.ui import chip, country, day_range, moment, qty
from core.views.acts import Act
from core.views.notes import leave_note
from fulfillment.forms import CampaignForm, CodesForm
from fulfillment.models import InsertCampaign
from fulfillment.services import campaigns, coupons, insert_reports
from fulfillment.services.campaigns import CampaignDraft
from fulfillment.verdicts.insert_reasons import REASONS
from fulfillment.views.insert_cards import in_language
from orders.models import Order

MANAGE = "fulfillment.manage_inserts"


class CampaignIndex(IndexView):
    """Every insert campaign: what it is, when it runs, how much of it went out."""

    key = "campaigns"
    url_name = "campaigns-index"
    title = _("Insert campaigns")
    capability = "fulfillment.view"
    columns = (
        Column("code", _("Campaign"), sort="code", fixed=True),
        Column("name", _("Name"), render=lambda row: in_language(row.name, row.name_zh)),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display(), export=str),
        Column("brand", _("Brand")),
        Column("language", _("Language")),
        Column(
            "valid_from_on",
            _("Runs"),
            render=lambda row: day_range(row.valid_from_on, row.valid_until_on),
        ),
        Column("control_percent", _("Control group, %"), end=True),
        Column("added", _("In parcels"), render=lambda row: qty(row.added), end=True),
        Column("skipped", _("Skipped"), render=lambda row: qty(row.skipped), end=True),
        Column("state", _("State"), bare=True, render=lambda row: chip("campaign", row.state)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("active", _("Active"), Q(state="active")),
        Tab("draft", _("Draft"), Q(state="draft")),
        Tab("over", _("Paused or ended"), Q(state__in=("paused", "ended"))),
    )
    buttons = (
        PageButton(_("Packing rules"), "list-checks", "pack-rules", "fulfillment.view"),
        PageButton(_("Create campaign"), "plus", "campaign-new", MANAGE, primary=True, create=True),
    )
    empty = EmptyText(
        _("No campaign yet"),
        _("Create one, then a rule that says into which parcels it goes."),
        "mail-open",
    )
    default_sort = "code"

    def rows_for(self, principal):
        return InsertCampaign.objects.visible_to(principal).annotate(
            added=Count("extras", filter=Q(extras__state="added")),
            skipped=Count("extras", filter=Q(extras__state="skipped")),
        )

    def search(self, rows, text):
        return rows.filter(Q(code__icontains=text) | Q(name__icontains=text))

    def row_url(self, row):
        return reverse("campaign", args=[row.pk])


class CampaignPage(RequireCapability, View):
    """One campaign: usage, cost, effect with its interval, rules. POST loads coupon codes."""

    capability = "fulfillment.view"
    write_capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, pk, CodesForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        campaign = get_object_or_404(InsertCampaign.objects.visible_to(self.principal), pk=pk)
        form = CodesForm(request.POST)
        if not form.is_valid():
            return self._page(request, pk, form, 422)
        try:
            new, known = coupons.load(
                campaign,
                form.cleaned_data["codes"],
                actor=self.principal.actor,
                at=clock.now(),
            )
        except DomainError as error:
            form.refuse(error, "codes")
            return self._page(request, pk, form, 422)
        text = gettext("%(new)s codes added, %(known)s were known.") % {"new": new, "known": known}
        leave_note(request, text)
        return redirect("campaign", pk)

    def _page(
        self, request: HttpRequest, pk: int, form: CodesForm, status: int = 200
    ) -> HttpResponse:
        campaign = get_object_or_404(InsertCampaign.objects.visible_to(self.principal), pk=pk)
        report = insert_reports.report(campaign, as_of=clock.now())
        skipped = [(gettext(REASONS[why]), n) for why, n in report.usage.skipped.items()]
        context = {
            "campaign": campaign,
            "report": report,
            "skipped": skipped,
            "rules": campaign.rules.exclude(state="retired").order_by("priority", "code", "pk"),
            "form": form,
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "fulfillment/campaign.html", context, status=status)


class NewCampaign(RequireCapability, View):
    """Create a campaign."""

    capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, CampaignForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CampaignForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, 422)
        if InsertCampaign.objects.filter(code=form.cleaned_data["code"]).exists():
            form.add_error("code", gettext("A campaign of this code exists. Choose another code."))
            return self._page(request, form, 422)
        return _save(request, self, form)

    def _page(
        self, request: HttpRequest, form: CampaignForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {"form": form, "campaign": None}
        return render(request, "fulfillment/campaign_form.html", context, status=status)


class EditCampaign(RequireCapability, View):
    """Change a campaign; its code stands."""

    capability = MANAGE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        values = {name: getattr(row, name) for name in CampaignForm.base_fields if name in DRAFT}
        return self._page(request, CampaignForm(initial=values), row=row)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._row(pk)
        form = CampaignForm({**request.POST.dict(), "code": row.code})
        if not form.is_valid():
            return self._page(request, form, 422, row=row)
        return _save(request, self, form, row=row)

    def _row(self, pk: int) -> InsertCampaign:
        return get_object_or_404(InsertCampaign.objects.visible_to(self.principal), pk=pk)

    def _page(
        self, request: HttpRequest, form: CampaignForm, status: int = 200, **more: Any
    ) -> HttpResponse:
        form.fields["code"].disabled = True
        context = {"form": form, "campaign": more["row"]}
        return render(request, "fulfillment/campaign_form.html", context, status=status)


DRAFT = frozenset(CampaignDraft.__dataclass_fields__)


def _save(request: HttpRequest, view: Any, form: CampaignForm, **more: Any) -> HttpResponse:
    values = {name: value for name, value in form.cleaned_data.items() if name in DRAFT}
    try:
        row = campaigns.save_campaign(
            CampaignDraft(**values), actor=view.principal.actor, at=clock.now()
        )
    except DomainError as error:
        form.refuse(error)
        return view._page(request, form, 422, **more)
    leave_note(request, gettext("Campaign saved."))
    return redirect("campaign", row.pk)


class CampaignAct(Act, View):
    """A step of a campaign; subclasses say which."""

    capability = MANAGE
    state = ""

    def rows(self) -> Any:
        return InsertCampaign.objects.visible_to(self.principal)

    def do(self, found: InsertCampaign, form: Any) -> None:
        campaigns.move(found.pk, self.state, actor=self.principal.actor, at=self.now)

    def done_url(self, found: InsertCampaign) -> str:
        return reverse("campaign", args=[found.pk])


class StartCampaign(CampaignAct):
    """From now on its rules put it into parcels."""

    state = "active"
    title = _("Start this campaign?")
    submit_text = _("Start campaign")
    note = _("The campaign runs.")

    def text(self, found: InsertCampaign) -> str:
        return gettext(
            "From the next parcel on its rules apply. Its control group (%(percent)s in 100) "
            "can't be changed after that."
        ) % {"percent": found.control_percent}


class PauseCampaign(CampaignAct):
    """No parcel takes it until it goes on."""

    state = "paused"
    title = _("Pause this campaign?")
    submit_text = _("Pause campaign")
    text_of = _("No further parcel takes its insert until you start it again.")
    note = _("The campaign is paused.")

    def text(self, found: InsertCampaign) -> str:
        return str(self.text_of)


class EndCampaign(CampaignAct):
    """Over for good; the report stays."""

    state = "ended"
    title = _("End this campaign?")
    submit_text = _("End campaign")
    danger = True
    text_of = _("It can't be started again. Its report goes on counting repeat orders.")
    note = _("The campaign has ended.")

    def text(self, found: InsertCampaign) -> str:
        return str(self.text_of)


class GiftIndex(IndexView):
    """Gift orders with their messages, to be searched (A-07)."""

    key = "gifts"
    url_name = "gifts-index"
    title = _("Gift orders")
    capability = "orders.view"
    columns = (
        Column("number", _("Order"), fixed=True),
        Column("gift_message", _("Gift message"), capability="customers.view_pii"),
        Column("ship_country", _("Country"), render=lambda row: country(row.ship_country)),
        Column(
            "placed_at", _("Placed"), sort="placed_at", render=lambda row: moment(row.placed_at)
        ),
        Column("stage", _("Status"), bare=True, render=lambda row: chip("order", row.stage)),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("noted", _("With a message"), ~Q(gift_message="")),
    )
    empty = EmptyText(_("No gift order yet"), _("Orders marked as a gift appear here."), "gift")
    default_sort = "-placed_at"

    def rows_for(self, principal):
        return Order.objects.visible_to(principal).filter(is_gift=True)

    def search(self, rows, text):
        if not self.principal.may("customers.view_pii"):
            return rows.filter(number=text)
        return rows.filter(Q(number=text) | Q(gift_message__icontains=text))

    def row_url(self, row):
        return reverse("order", args=[row.pk])
