"""Goods on hold in the office: look at them, then link, return or dispose of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import files
from core.errors import NotFound
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.models import Sku
from suppliers.forms import LinkForm, SettleForm
from suppliers.models import Supplier, UnidentifiedGoods
from suppliers.services import unidentified
from suppliers.services.errors import SkuMissing, SupplierMissing
from suppliers.views.arrivals import MANAGE, PLACES


class UnidentifiedIndex(IndexView):
    """Goods nobody announced, by tag."""

    key = "unidentified"
    capability = "suppliers.view"
    title = _("Unidentified goods")
    columns = (
        Column("number", _("Tag"), fixed=True),
        Column(
            "state", _("State"), bare=True, render=lambda row: ui.chip("unidentified", row.state)
        ),
        Column("warehouse.code", _("Warehouse")),
        Column("asn", _("Arrival"), render=lambda row: row.asn.number if row.asn else ""),
        Column("scanned", _("Scanned code")),
        Column("sku", _("SKU"), render=lambda row: row.sku.code if row.sku else ""),
        Column("qty", _("Units"), end=True),
        Column("reason", _("Reason"), render=lambda row: row.get_reason_display()),
        Column("held_at", _("Held since"), render=lambda row: ui.moment(row.held_at)),
    )
    tabs = (
        Tab("held", _("On hold"), Q(state="held"), hot=True),
        Tab("all", _("All")),
    )
    filters = (PLACES,)
    empty = EmptyText(
        _("Nothing is on hold"),
        _("Goods with a code nobody knows get a tag at the dock and appear here."),
        "package-search",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = UnidentifiedGoods.objects.visible_to(principal)
        return rows.select_related("warehouse", "asn", "sku")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(number=text.upper()) | Q(scanned=text) | Q(asn__number=text.upper()))

    def row_url(self, row: Any) -> str:
        return reverse("unidentified", args=[row.pk])


class UnidentifiedPage(RequireCapability, View):
    """One tag: what it is, its photo, and what may be done with it."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = UnidentifiedGoods.objects.visible_to(self.principal)
        goods = get_object_or_404(rows.select_related("warehouse", "asn__supplier", "sku"), pk=pk)
        may = self.principal.may(MANAGE) and goods.state == "held"
        return render(request, "suppliers/unidentified.html", {"goods": goods, "may_settle": may})


class UnidentifiedPhotoFile(RequireCapability, View):
    """The photo of held goods, as a download."""

    capability = "suppliers.view"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        goods = get_object_or_404(UnidentifiedGoods.objects.visible_to(self.principal), pk=pk)
        if goods.photo is None:
            raise NotFound(str(_("Nobody took a photo of these goods yet.")))
        return files.download(goods.photo)


class SettleAct(Act, View):
    """An act on held goods in reach."""

    capability = MANAGE
    form_class = SettleForm

    def rows(self):
        return UnidentifiedGoods.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("unidentified", args=[found.pk])


class LinkGoods(SettleAct):
    """Say which SKU the goods are: they are received at the dock."""

    title = _("Link the goods to a SKU")
    submit_text = _("Link and receive")
    form_class = LinkForm
    note = _("The goods are received at the dock. Put them away from there.")

    def text(self, found):
        return _("They count on their arrival while it is open, else as an unplanned one.")

    def do(self, found, form):
        data = form.cleaned_data
        sku = Sku.objects.visible_to(self.principal).filter(code=data["sku"].strip()).first()
        if sku is None:
            raise SkuMissing(sku=data["sku"])
        supplier = Supplier.objects.active().filter(code=data["supplier"]).first()
        if data["supplier"] and supplier is None:
            raise SupplierMissing(supplier=data["supplier"])
        link = unidentified.Link(
            sku_id=sku.pk,
            lot_code=data["lot"],
            expires_on=data["expires_on"],
            supplier_id=supplier.pk if supplier else None,
        )
        unidentified.link(found.pk, link, actor=self.principal.actor, at=self.now)


class ReturnGoods(SettleAct):
    """The goods went back to who sent them."""

    title = _("Return the goods")
    submit_text = _("Mark as returned")

    def do(self, found, form):
        unidentified.send_back(
            found.pk, note=form.cleaned_data["note"], actor=self.principal.actor, at=self.now
        )


class DisposeGoods(SettleAct):
    """The goods were thrown away."""

    title = _("Dispose of the goods")
    submit_text = _("Mark as disposed of")
    danger = True

    def do(self, found, form):
        unidentified.dispose(
            found.pk, note=form.cleaned_data["note"], actor=self.principal.actor, at=self.now
        )
