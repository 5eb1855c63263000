"""Pick faces and their refills in the office: what is kept at hand, and what is on its way."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.permissions import Principal, RequireCapability
from core.tables import Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.templatetags import ui
from core.views.acts import Act
from inventory.forms import PickFaceForm
from inventory.models import Bin, PickFace, ReplenishTask, Sku, Warehouse
from inventory.queries.refills import with_units
from inventory.services import replenishing
from inventory.services.replenishing import FaceDraft
from inventory.services.transfers import UnknownCode
from inventory.views.stock import warehouse_options

SEE = ("inventory.view", "inventory.manage_places")
EDIT = "inventory.manage_places"
EMPTY = EmptyText(
    _("No pick faces yet"),
    _("Name the pick bins that are refilled from bulk: least and most units of a SKU."),
    "boxes",
    action_text=_("Add pick face"),
    action_url_name="pick-face-new",
)


class PickFaceIndex(IndexView):
    """Every pick face with what lies in it, and what a refill brings."""

    key = "pick-faces"
    capability = SEE
    title = _("Pick faces")
    columns = (
        Column("bin.code", _("Bin"), fixed=True),
        Column("bin.warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU")),
        Column("sku.name", _("Name"), off=True),
        Column("min_qty", _("Refill below"), end=True),
        Column("max_qty", _("Refill up to"), end=True),
        Column("held_qty", _("In the bin"), end=True),
        Column("coming_qty", _("On the way"), end=True),
        Column(
            "is_active",
            _("State"),
            render=lambda row: _("In use") if row.is_active else _("Ended"),
        ),
    )
    tabs = (
        Tab("all", _("All"), Q(is_active=True)),
        Tab("low", _("Below the least"), Q(is_active=True, held_qty__lt=F("min_qty")), hot=True),
        Tab("coming", _("Refill open"), Q(is_active=True, coming_qty__gt=0)),
        Tab("ended", _("Ended"), Q(is_active=False)),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="bin__warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter("sku", _("SKU"), field="sku__code", kind="text", promoted=True),
    )
    buttons = (
        PageButton(_("Refills"), "repeat", "refills-index", "inventory.view"),
        PageButton(_("Add pick face"), "plus", "pick-face-new", EDIT, primary=True, create=True),
    )
    empty = EMPTY
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = PickFace.objects.visible_to(principal).select_related("bin__warehouse", "sku")
        return with_units(rows)

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(bin__code__startswith=text.upper()) | Q(sku__code__startswith=text))

    def row_url(self, row: Any) -> str:
        return reverse("pick-face", args=[row.pk])


class RefillIndex(IndexView):
    """Every refill: from where, how much, urgent or not, and who brought it."""

    key = "refills"
    capability = SEE
    title = _("Refills")
    columns = (
        Column("face.bin.code", _("Pick face"), fixed=True),
        Column("warehouse.code", _("Warehouse")),
        Column("face.sku.code", _("SKU")),
        Column("from_bin.code", _("From bin")),
        Column("lot.code", _("Lot"), render=lambda row: row.lot.code if row.lot else "—"),
        Column("qty", _("Units"), end=True),
        Column("moved_qty", _("Moved"), end=True),
        Column(
            "is_urgent", _("Urgent"), render=lambda row: _("Picks wait") if row.is_urgent else ""
        ),
        Column("state", _("State"), render=lambda row: row.get_state_display()),
        Column("created_at", _("Planned"), render=lambda row: ui.moment(row.created_at)),
        Column("closed_at", _("Ended"), render=lambda row: ui.moment(row.closed_at)),
        Column("reason", _("Reason"), off=True),
    )
    tabs = (
        Tab("open", _("To do"), Q(state="open")),
        Tab("urgent", _("Picks wait"), Q(state="open", is_urgent=True), hot=True),
        Tab("done", _("Done"), Q(state="done")),
        Tab("cancelled", _("Cancelled"), Q(state="cancelled")),
    )
    filters = (
        Filter(
            "warehouse",
            _("Warehouse"),
            field="warehouse__code",
            options=warehouse_options,
            promoted=True,
        ),
        Filter("sku", _("SKU"), field="face__sku__code", kind="text", promoted=True),
    )
    buttons = (PageButton(_("Pick faces"), "boxes", "pick-faces-index", "inventory.view"),)
    empty = EmptyText(
        _("No refills"),
        _("A pick face below its least gets a refill every few minutes, at once when picks wait."),
        "repeat",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = ReplenishTask.objects.visible_to(principal)
        return rows.select_related("face__bin", "face__sku", "warehouse", "from_bin", "lot")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(face__bin__code__startswith=text.upper()) | Q(face__sku__code__startswith=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("pick-face", args=[row.face_id])


class PickFaceWrite(RequireCapability, View):
    """Base of the form of a pick face; refusals come back with what was typed."""

    capability: Any = EDIT
    template = "inventory/pick_face_new.html"

    def answer(self, request: HttpRequest, form: PickFaceForm, status: int = 200) -> HttpResponse:
        return render(request, self.template, {"form": form}, status=status)

    def save(self, request: HttpRequest, form: PickFaceForm, draft: Any) -> HttpResponse:
        try:
            face = replenishing.save_faces(
                [draft(form.cleaned_data)], actor=self.principal.actor, at=clock.now()
            )[0]
        except DomainError as error:
            form.refuse(error)
            return self.answer(request, form, 422)
        return redirect_to(request, reverse("pick-face", args=[face.pk]))


class PickFaceNew(PickFaceWrite):
    """A new pick face by warehouse, bin and SKU."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request, self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.answer(request, form, 422)
        return self.save(request, form, self._draft)

    def _form(self, data: Any = None) -> PickFaceForm:
        places = Warehouse.objects.visible_to(self.principal).order_by("code")
        return PickFaceForm(data, warehouses=places.values_list("code", flat=True))

    def _draft(self, data: dict[str, Any]) -> FaceDraft:
        bins = Bin.objects.visible_to(self.principal).filter(warehouse__code=data["warehouse"])
        found = bins.filter(code=data["bin"].strip().upper()).first()
        if found is None:
            raise UnknownCode(code_of=data["bin"])
        sku = Sku.objects.visible_to(self.principal).filter(code=data["sku"].strip()).first()
        if sku is None:
            raise UnknownCode(code_of=data["sku"])
        return FaceDraft(found.pk, sku.pk, data["min_qty"], data["max_qty"])


class PickFacePage(PickFaceWrite):
    """One pick face: its figures, its refills, and for who may, its least and most."""

    capability: Any = SEE
    template = "inventory/pick_face.html"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._face(pk), None)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.principal.require(EDIT)
        face = self._face(pk)
        form = PickFaceForm(request.POST, face=face)
        if not form.is_valid():
            return self._page(request, face, form, 422)
        drafted = form.cleaned_data
        draft = FaceDraft(face.bin_id, face.sku_id, drafted["min_qty"], drafted["max_qty"])
        try:
            replenishing.save_faces([draft], actor=self.principal.actor, at=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(request, face, form, 422)
        return redirect_to(request, reverse("pick-face", args=[face.pk]))

    def _face(self, pk: int) -> Any:
        rows = PickFace.objects.visible_to(self.principal).select_related("bin__warehouse", "sku")
        return get_object_or_404(with_units(rows), pk=pk)

    def _page(
        self, request: HttpRequest, face: Any, form: PickFaceForm | None, status: int = 200
    ) -> HttpResponse:
        may = self.principal.may(EDIT)
        tasks = ReplenishTask.objects.filter(face=face).select_related("from_bin", "lot")
        context = {
            "face": face,
            "form": form or PickFaceForm(face=face) if may else None,
            "may_end": may and face.is_active,
            "tasks": tasks.order_by("-pk")[:20],
        }
        return render(request, self.template, context, status=status)


class EndPickFace(Act, View):
    """Refill it no more."""

    capability: Any = EDIT
    title = _("End pick face?")
    submit_text = _("End pick face")
    danger = True

    def rows(self) -> QuerySet[PickFace]:
        rows: QuerySet[PickFace] = PickFace.objects.visible_to(self.principal)
        return rows.select_related("bin", "sku")

    def text(self, found: PickFace) -> str:
        return f"{found.bin.code}: {found.sku.code}"

    def done_url(self, found: PickFace) -> str:
        return reverse("pick-face", args=[found.pk])

    def do(self, found: PickFace, form: Any) -> None:
        replenishing.end_face(found.pk, actor=self.principal.actor, at=self.now)
