"""B-51 to B-54: how goods are planned, by category and by SKU."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.errors import DomainError
from core.htmx import redirect_to
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.submissions import SubmitOnce
from core.tables import Column, EmptyText, IndexView, Tab
from core.templatetags import ui
from core.views.notes import leave_note
from inventory.models import Product, Sku, Warehouse
from planning.domain.policies import default_for
from planning.forms.policies import CategoryForm, buying_of
from planning.models import CategoryPolicy, KindProposal, PolicyKind, SkuPolicy
from planning.queries import policy_board
from planning.queries.policies import policies_of_categories
from planning.services.policies import CategoryEntry, set_category
from planning.views.policy_words import facts_shown, shown, warning_text, why_of

SEE, MANAGE = "planning.view", "planning.manage"
SHOWN_CHANGES = 20


class PolicyIndex(RequireCapability, View):
    """The kinds, what each category is, and what the sales propose."""

    capability = SEE

    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        exceptions = policy_board.exceptions_by_category(now.date())
        context = {
            "proposals": [
                {"row": row, "why": why_of(row), "facts": facts_shown(row.facts)}
                for row in policy_board.open_proposals()
            ],
            "rows": [
                {
                    "row": row,
                    "shown": shown(row.policy),
                    "exceptions": exceptions.get(row.name, 0),
                    "warnings": [warning_text(code, count) for code, count in row.late],
                }
                for row in policy_board.category_rows(now)
            ],
            "kinds": [shown(default_for(kind)) for kind in PolicyKind.values],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/policies.html", context)


class PolicyCategory(RequireCapability, SubmitOnce, View):
    """One category's policy: change it, read what its sales say and who changed it."""

    capability = SEE
    write_capability = MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        name, stored = self._found(request)
        return self._page(request, name, CategoryForm(initial=_values(name, stored)), 200)

    def post(self, request: HttpRequest) -> HttpResponse:
        name, _stored = self._found(request)
        form = CategoryForm(request.POST)
        if not form.is_valid():
            return self._page(request, name, form, 422)
        data = form.cleaned_data
        entry = CategoryEntry(name, data["kind"], data["reason"], form.numbers(), data["version"])
        try:
            set_category(entry, actor=self.principal.actor, now=clock.now())
        except DomainError as error:
            form.refuse(error)
            return self._page(request, name, form, 409 if error.status == 409 else 422)
        leave_note(request, gettext("Saved. The next review plans by it."))
        return redirect_to(request, reverse("policy-index"))

    def _found(self, request: HttpRequest) -> tuple[str, CategoryPolicy | None]:
        """Return the category of the address; empty is that of all others."""
        name = request.GET.get("name", "")
        stored = CategoryPolicy.objects.filter(category=name).first()
        known = not name or stored or Product.objects.filter(category=name).exists()
        if not known:
            raise Http404
        return name, stored

    def _page(
        self, request: HttpRequest, name: str, form: CategoryForm, status: int
    ) -> HttpResponse:
        policy = policies_of_categories([name])[name]
        stored = CategoryPolicy.objects.filter(category=name).first()
        proposals = KindProposal.objects.filter(category=name).order_by("-pk")[:SHOWN_CHANGES]
        target = AuditEntry.objects.filter(
            target_kind="category_policy", target_id=str(stored.pk if stored else 0)
        )
        context = {
            "name": name,
            "form": form,
            "policy": shown(policy),
            "stored": stored,
            "may_manage": self.principal.may(MANAGE),
            "proposals": [
                {"row": row, "why": why_of(row), "facts": facts_shown(row.facts)}
                for row in proposals
            ],
            "changes": [_change(row) for row in target.order_by("-pk")[:SHOWN_CHANGES]],
        }
        return render(request, "planning/policy_category.html", context, status=status)


def _change(entry: AuditEntry) -> dict[str, Any]:
    """Return one change for the timeline."""
    said = ", ".join(f"{name} {value}" for name, value in sorted((entry.after or {}).items()))
    return {"person": entry.actor_label, "text": entry.reason, "at": entry.at, "meta": said}


def _values(name: str, stored: CategoryPolicy | None) -> dict[str, Any]:
    if stored is None:
        return {"kind": policies_of_categories([name])[name].kind, "version": 0}
    return {
        "kind": stored.kind,
        "service_pct": _percent(stored.service_level),
        "review_days": stored.review_days,
        "red_days": stored.red_days,
        "yellow_days": stored.yellow_days,
        "buffer_pct": _percent(stored.buffer_share),
        "buying": buying_of(stored.is_auto, stored.is_stopped),
        "batches": stored.batches,
        "prepare_days": stored.prepare_days,
        "version": stored.version,
    }


def _percent(share: float | None) -> str:
    return "" if share is None else f"{round(share * 100, 1):g}"


class PolicyCard(RequireCapability, View):
    """One SKU: which policy is in force at each warehouse, whose it is, and what differs."""

    capability = SEE

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        sku = get_object_or_404(
            Sku.objects.visible_to(self.principal).select_related("product"), pk=pk
        )
        places = Warehouse.objects.visible_to(self.principal).order_by("code")
        rows = policy_board.place_rows(sku.pk, places, clock.now())
        decided = SkuPolicy.objects.visible_to(self.principal).filter(sku=sku)
        context = {
            "sku": sku,
            "category": sku.product.category if sku.product else "",
            "rows": [
                {
                    "row": row,
                    "shown": shown(row.policy),
                    "warnings": [warning_text(code) for code in row.warnings],
                }
                for row in rows
            ],
            "decided": [
                {"row": row, "is_over": _is_over(row)}
                for row in decided.select_related("warehouse").order_by("-pk")[:SHOWN_CHANGES]
            ],
            "may_manage": self.principal.may(MANAGE),
        }
        return render(request, "planning/policy_card.html", context)


def _is_over(row: SkuPolicy) -> bool:
    today = clock.now().date()
    return row.withdrawn_at is not None or (row.expires_on is not None and row.expires_on < today)


class SkuPolicyIndex(IndexView):
    """Every decision that differs from its category."""

    key = "sku-policies"
    capability = SEE
    title = _("SKUs with a policy of their own")
    columns = (
        Column("sku.code", _("SKU"), fixed=True),
        Column("sku.name", _("Name")),
        Column("warehouse", _("Warehouse"), render=lambda row: row.warehouse or _("All")),
        Column("kind", _("Kind"), render=lambda row: row.get_kind_display() or "—"),
        Column(
            "service_level",
            _("Service level"),
            end=True,
            render=lambda row: ui.percent(row.service_level, 1),
        ),
        Column("red_days", _("Red below"), end=True),
        Column("yellow_days", _("Yellow up to"), end=True),
        Column(
            "is_stopped",
            _("Buying stopped"),
            render=lambda row: _("Stopped") if row.is_stopped else "",
        ),
        Column("reason", _("Reason")),
        Column("expires_on", _("Last day"), render=lambda row: ui.iso_day(row.expires_on)),
    )
    tabs = (
        Tab("open", _("Not taken back"), Q(withdrawn_at__isnull=True)),
        Tab("stopped", _("Stopped"), Q(withdrawn_at__isnull=True, is_stopped=True), hot=True),
        Tab("all", _("All")),
    )
    empty = EmptyText(
        _("No SKU differs from its category"),
        _("Open a SKU's policy to change a limit, stop buying or choose another kind."),
        "sliders-horizontal",
    )
    default_sort = "-pk"

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        return SkuPolicy.objects.visible_to(principal).select_related("sku", "warehouse")

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(Q(sku__code__istartswith=text) | Q(sku__name__icontains=text))

    def row_url(self, row: Any) -> str:
        return reverse("policy-card", args=[row.sku_id])
