"""F3: what needs a planner now, why, how much is at risk, and what to do next."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.htmx import mark_varying
from core.models import AuditEntry
from core.permissions import Principal, RequireCapability
from core.services.rates import base_currency
from core.tables import BulkAction, Column, EmptyText, Filter, IndexView, PageButton, Tab
from core.tables.paging import Page
from core.tables.state import IndexState
from core.templatetags import ui
from planning.domain.alert_rules import NOISY_A_DAY
from planning.domain.alert_states import ACTIVE
from planning.models import Alert, AlertKind, Proposal
from planning.queries import alerts as reads
from planning.services.alert_telling import words_of
from planning.views import alert_words as say
from planning.views.proposals import warehouses

SEE, MANAGE = "planning.view", "planning.manage"
#: Planners and buyers take alerts up; rules are the planners' alone.
DECIDE = (MANAGE, "suppliers.buy")
SEE_MONEY = "inventory.view_cost"
JOINS = ("sku", "warehouse", "owner")


def _mine(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep what the reader owns; the index narrows it to the person in `rows_for`."""
    return rows.filter(state__in=ACTIVE, is_mine=True)


def with_proposal(rows: QuerySet[Alert]) -> QuerySet[Any]:
    """Annotate the proposal that waits for the alert's SKU and warehouse."""
    waiting = Proposal.objects.waiting().filter(
        sku=OuterRef("sku"), warehouse=OuterRef("warehouse")
    )
    return rows.annotate(proposal_id=Subquery(waiting.order_by("-pk").values("pk")[:1]))


class AlertIndex(IndexView):
    """Alerts by severity; `e` on a row follows its next step."""

    key = "alerts"
    url_name = "alert-index"
    template_name = "planning/alerts.html"
    capability = SEE
    title = _("Alerts")
    columns = (
        Column("kind", _("What holds"), fixed=True, render=say.reason_cell, export=words_of),
        Column(
            "severity",
            _("Severity"),
            bare=True,
            sort="urgency",
            render=say.severity_chip,
            export=lambda r: r.get_severity_display(),
        ),
        Column("warehouse.code", _("Warehouse")),
        Column("sku.code", _("SKU"), off=True),
        Column(
            "risk_amount",
            _("At risk"),
            end=True,
            sort="risk_amount",
            render=lambda r: ui.money(r.risk_amount, base_currency()) if r.risk_amount else None,
            capability=SEE_MONEY,
        ),
        Column(
            "raised_at",
            _("Age"),
            sort="raised_at",
            render=lambda r: say.age_of(r, clock.now()),
        ),
        Column("due_on", _("Due"), off=True, render=lambda r: ui.iso_day(r.due_on)),
        Column("owner", _("Owner"), render=lambda r: str(r.owner) if r.owner else None),
        Column("state", _("State"), render=say.state_word),
        Column(
            "step", _("Next step"), render=say.step_cell, export=lambda r: str(say.next_step(r)[0])
        ),
    )
    tabs = (
        Tab("act", _("To act"), Q(state__in=("open", "acknowledged"), severity__gte=2), hot=True),
        Tab("mine", _("Mine"), _mine),
        Tab("ideas", _("Suggestions"), Q(state__in=("open", "acknowledged"), severity=1)),
        Tab("snoozed", _("Snoozed"), Q(state="snoozed")),
        Tab("closed", _("Closed"), Q(state__in=("resolved", "dismissed")), counted=False),
    )
    filters = (
        Filter("kind", _("Kind"), options=AlertKind.choices, promoted=True),
        Filter(
            "warehouse", _("Warehouse"), field="warehouse__code", options=warehouses, promoted=True
        ),
        Filter("severity", _("Severity"), options=Alert.Severity.choices, promoted=True),
        Filter("state", _("State"), options=Alert.State.choices),
        Filter("raised", _("Raised"), field="raised_at", kind="day"),
    )
    bulk = (
        BulkAction("ack", _("Acknowledge"), "check", "alert-bulk-acknowledge", MANAGE, True),
        BulkAction("snooze", _("Snooze"), "clock", "alert-bulk-snooze", MANAGE, True),
        BulkAction("assign", _("Hand over"), "user", "alert-bulk-assign", MANAGE),
        BulkAction("dismiss", _("Dismiss"), "circle-x", "alert-bulk-dismiss", MANAGE),
    )
    buttons = (PageButton(_("Rules"), "settings", "alert-rules", SEE),)
    default_sort = "-urgency"
    empty = EmptyText(
        _("All clear"),
        _("No rule fires. Stock is looked at every few minutes, demand every night."),
        "circle-check",
    )

    def rows_for(self, principal: Principal) -> QuerySet[Any]:
        rows = with_proposal(Alert.objects.visible_to(principal)).select_related(*JOINS)
        return rows.alias(is_mine=_is(principal))

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        return rows.filter(
            Q(sku__code__istartswith=text)
            | Q(purchase_order__number=text.upper())
            | Q(asn__number=text.upper())
            | Q(lot__code=text)
        )

    def row_url(self, row: Any) -> str:
        return reverse("alert-card", args=[row.pk])

    def peek_url(self, row: Any) -> str:
        return reverse("alert-peek", args=[row.pk])

    def extra_context(self, state: IndexState, page: Page) -> dict[str, Any]:
        labels = dict(AlertKind.choices)
        noisy = reads.noisy_rules(self.principal, clock.now())
        return {
            "noisy": [(labels[kind], count) for kind, count in noisy],
            "noisy_limit": NOISY_A_DAY,
        }


def _is(principal: Principal) -> Any:
    return Case(
        When(owner_id=principal.actor.id or 0, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )


def card_context(row: Any, principal: Principal) -> dict[str, Any]:
    """Return what the card and the preview show of one alert."""
    text, url = say.next_step(row, principal)
    return {
        "row": row,
        "sentence": words_of(row),
        "chip": say.severity_chip(row),
        "state": say.state_word(row),
        "age": say.age_of(row, clock.now()),
        "idea": say.suggestion_text(row),
        "step_text": text,
        "step_url": url,
        "other_steps": say.other_steps(row, principal),
        "base": base_currency(),
        "sees_money": principal.may(SEE_MONEY),
        "is_active": row.state in ACTIVE,
        "may_decide": principal.may_any(DECIDE),
        "may_reopen": row.state == "dismissed" and row.cleared_at is None,
    }


class AlertCard(RequireCapability, View):
    """One alert: why, how much, since when, whose, what next."""

    capability = SEE
    template_name = "planning/alert.html"

    def rows(self) -> QuerySet[Any]:
        rows = with_proposal(Alert.objects.visible_to(self.principal))
        return rows.select_related(*JOINS, "rule__warehouse", "lot", "purchase_order", "asn")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.rows(), pk=pk)
        context = card_context(row, self.principal) | {
            "timeline": _timeline(row),
            "condition": say.condition_of(row.rule) if row.rule else "",
        }
        return render(request, self.template_name, context)


class AlertPeek(AlertCard):
    """The preview beside the list."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(self.rows(), pk=pk)
        answer = render(request, "planning/alert_peek.html", card_context(row, self.principal))
        return mark_varying(answer, fragment=True)


def _timeline(row: Alert) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(target_kind="alert", target_id=str(row.pk))
    told = [
        {
            "person": entry.actor_label if entry.actor_kind == "user" else "",
            "glyph": "circle-dot",
            "text": say.ACTIONS.get(entry.action, entry.action),
            "at": entry.at,
            "meta": _why(entry.reason),
        }
        for entry in entries.order_by("-at", "-pk")[:50]
    ]
    raised = {"glyph": "triangle-alert", "text": gettext("Raised"), "at": row.raised_at}
    return [*told, raised]


def _why(reason: str) -> str:
    """Return a reason in words: a code, or a code and what a person added."""
    code, _blank, note = reason.partition(" ")
    words = {
        **dict(Alert.DismissReason.choices),
        "SNOOZE_OVER": _("the snooze is over"),
        "WORSE": _("it got worse"),
        "CLEARED": _("the condition has ended"),
        "RULE_OFF": _("no rule watches it any more"),
    }
    return " ".join(filter(None, (str(words[code]), note))) if code in words else reason
