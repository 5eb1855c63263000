"""C3 to C5: choose items and reasons, choose outcomes with their money, check, and send once."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from core import photos
from core.errors import DomainError
from inventory.models import Warehouse
from returns import label_words, portal_words
from returns.forms.portal import CheckForm, ItemForm
from returns.models import ReturnReason
from returns.services import eligibility, portal_drafts
from returns.services import portal_choices as figures
from returns.services.eligibility import EligibleLine
from returns.services.exchange_offers import VariantGone
from returns.services.portal_drafts import (
    DraftChanged,
    DraftGone,
    ItemChoice,
    Outcome,
    Sending,
    Standing,
    TermsChanged,
)
from returns.views.portal_page import ReturnPage

MOST_STEPS = 4


@dataclass(slots=True)
class ItemRow:
    """One line on C3: its form, its photos so far, and why it can't come back."""

    line: EligibleLine
    name: str
    form: ItemForm
    photo_count: int = 0
    refusal: str = ""
    is_faulty_only: bool = False
    problem: str = ""

    @property
    def errors(self) -> list[str]:
        if self.form.is_bound and not self.form.cleaned_data.get("take"):
            return []
        found = [str(text) for texts in self.form.errors.values() for text in texts]
        return [*found, self.problem] if self.problem else found


class Items(ReturnPage):
    """C3: which items come back, how many of each, and why."""

    def get(self, request: HttpRequest) -> HttpResponse:
        changed = _("What can come back has changed since you chose. Choose again.")
        return self._page(self._rows(None), changed if request.GET.get("changed") else "")

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = self._rows(request.POST)
        open_rows = [row for row in rows if not row.refusal]
        valid = {row.line.order_line_id: row.form.is_valid() for row in open_rows}
        taken = [row for row in open_rows if row.form.cleaned_data.get("take")]
        if not taken:
            return self._page(rows, _("Choose at least one item."), status=422)
        pictures = {row.line.order_line_id: self._photos(row) for row in taken}
        self._ask_for_photos(taken, pictures)
        if any(row.problem or not valid[row.line.order_line_id] for row in taken):
            return self._page(rows, _("Look at the marked items."), status=422)
        try:
            draft = portal_drafts.choose_items(
                self.link, self.sale.pk, [_choice(row) for row in taken], at=self.now
            )
            for line_id, contents in pictures.items():
                portal_drafts.add_photos(draft, line_id, contents, at=self.now)
        except DomainError as error:
            return self._page(self._rows(request.POST), str(error), status=error.status)
        return redirect(self.url("portal-return-outcome"))

    def _rows(self, data: QueryDict | None) -> list[ItemRow]:
        returns = eligibility.for_order(self.sale.pk, at=self.now)
        reasons = list(ReturnReason.objects.offered().select_related("parent"))
        draft = portal_drafts.current(self.link, at=self.now)
        chosen = draft.choices.get("lines", {}) if draft else {}
        kept = figures.photo_counts(draft) if draft else {}
        rows = []
        for line in returns.lines:
            before = chosen.get(str(line.order_line_id), {})
            is_faulty_only = bool(line.refusal and line.verdict.allowed_if_faulty and line.left_qty)
            form = ItemForm(
                data,
                prefix=f"i{line.order_line_id}",
                left_qty=line.left_qty,
                reasons=_offered(reasons, line, is_faulty_only=is_faulty_only),
                is_chinese=is_chinese(),
                initial={
                    "take": bool(before) or len(returns.lines) == 1,
                    "qty": before.get("qty", 1),
                    "reason": before.get("reason", ""),
                    "note": before.get("note", ""),
                },
            )
            rows.append(
                ItemRow(
                    line,
                    (is_chinese() and line.name_zh) or line.name,
                    form,
                    kept.get(line.order_line_id, 0),
                    "" if is_faulty_only else _refusal(line),
                    is_faulty_only,
                )
            )
        return rows

    def _photos(self, row: ItemRow) -> list[bytes]:
        found = []
        uploads = self.request.FILES.getlist(f"{row.form.prefix}-photos")
        for upload in uploads[: portal_drafts.MOST_PHOTOS]:
            try:
                found.append(photos.clean(upload))
            except photos.PhotoRefused as error:
                row.problem = f"{(upload.name or '')[:60]}: {error}"
        return found

    def _ask_for_photos(self, taken: list[ItemRow], pictures: dict[int, list[bytes]]) -> None:
        codes = {row.form.cleaned_data.get("reason") for row in taken}
        asking = set(
            ReturnReason.objects.filter(code__in=codes, asks_photo=True)
            .values_list("code", flat=True)
            .order_by("code")
        )
        for row in taken:
            has_photo = row.photo_count or pictures[row.line.order_line_id]
            if row.form.cleaned_data.get("reason") in asking and not has_photo and not row.problem:
                row.problem = _("Add a photo: it shows us what happened.")

    def _page(self, rows: list[ItemRow], problem: str = "", status: int = 200) -> HttpResponse:
        context = {
            "rows": [row for row in rows if not row.refusal],
            "refused": [row for row in rows if row.refusal],
            "problem": problem,
            "step": 1,
            "steps": MOST_STEPS,
            "back": self.url("tracking"),
        }
        return self.show("portal/return_items.html", context, status)


def _offered(
    reasons: list[ReturnReason], line: EligibleLine, *, is_faulty_only: bool
) -> list[ReturnReason]:
    groups = line.verdict.reason_groups
    return [
        reason
        for reason in reasons
        if (not groups or (reason.parent and reason.parent.code in groups))
        and (not is_faulty_only or reason.fault != ReturnReason.Fault.CUSTOMER)
    ]


def _refusal(line: EligibleLine) -> str:
    return _(line.refusal_text) if line.refusal else ""


def _choice(row: ItemRow) -> ItemChoice:
    data = row.form.cleaned_data
    return ItemChoice(row.line.order_line_id, data["qty"], data["reason"], data["note"])


class Outcomes(ReturnPage):
    """C4: what each item becomes, each way with its money; variants with the stock of now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        draft = portal_drafts.current(self.link, at=self.now)
        if draft is None or not draft.choices.get("lines"):
            return redirect(self.url("portal-return"))
        return show_outcomes(self, portal_drafts.standing(draft, at=self.now))

    def post(self, request: HttpRequest) -> HttpResponse:
        draft = portal_drafts.current(self.link, at=self.now)
        if draft is None or not draft.choices.get("lines"):
            return redirect(self.url("portal-return"))
        outcomes = [
            _outcome(int(pk), request.POST.get(f"o{pk}", "")) for pk in draft.choices["lines"]
        ]
        version = _number(request.POST.get("version", ""))
        try:
            portal_drafts.choose_outcomes(draft.pk, version, outcomes, at=self.now)
        except DraftGone:
            return redirect(self.url("portal-return"))
        except DomainError as error:
            draft.refresh_from_db()
            standing = portal_drafts.standing(draft, at=self.now)
            return show_outcomes(self, standing, str(error), error.status)
        return redirect(self.url("portal-return-check"))


def show_outcomes(
    page: ReturnPage, standing: Standing, problem: str = "", status: int = 200
) -> HttpResponse:
    """Draw C4; items that may no longer come back lead to C3."""
    if standing.is_outdated:
        return redirect(f"{page.url('portal-return')}?changed=1")
    decision = standing.returns.decision
    context = {
        "items": figures.offered(standing, at=page.now, is_chinese=is_chinese()),
        "fee_amount": decision.return_shipping_amount,
        "currency": standing.returns.currency,
        "event": portal_words.EVENTS[decision.processing_event],
        "version": standing.draft.version,
        "problem": problem,
        "step": 2,
        "steps": MOST_STEPS,
        "back": page.url("portal-return"),
    }
    return page.show("portal/return_outcome.html", context, status)


def is_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _outcome(order_line_id: int, value: str) -> Outcome:
    resolution, _colon, sku = value.partition(":")
    return Outcome(order_line_id, resolution, _number(sku) or None)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0


class Check(ReturnPage):
    """C5: everything once more, the way back, customs, and the button that sends it once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        standing = self._standing(request.GET.get("method", ""))
        if isinstance(standing, HttpResponse):
            return standing
        return self._page(standing)

    def post(self, request: HttpRequest) -> HttpResponse:
        standing = self._standing(request.POST.get("method", ""))
        if isinstance(standing, HttpResponse):
            return standing
        form = self._form(standing, figures.destination(standing), request.POST)
        if not form.is_valid():
            return self._page(standing, "", 422, form)
        wish = Sending(
            form.cleaned_data["version"],
            form.cleaned_data["seen"],
            form.cleaned_data["method"],
            translation.get_language() or "",
        )
        try:
            row = portal_drafts.send(standing.draft.pk, wish, actor=self.actor, at=self.now)
        except DomainError as error:
            return self._refused(standing, form.cleaned_data["method"], error)
        return redirect(self.url("portal-return-status", row.number))

    def _refused(self, standing: Standing, method: str, error: DomainError) -> HttpResponse:
        """Show what changed between the pages, with what holds now."""
        if isinstance(error, DraftGone):
            return self._sent_or_new()
        if isinstance(error, VariantGone):
            return show_outcomes(self, standing, str(error), error.status)
        if isinstance(error, DraftChanged | TermsChanged):
            fresh = self._standing(method)
            if isinstance(fresh, HttpResponse):
                return fresh
            standing = fresh
        return self._page(standing, str(error), error.status)

    def _standing(self, method: str) -> Standing | HttpResponse:
        draft = portal_drafts.current(self.link, at=self.now)
        if draft is None or not draft.choices.get("lines"):
            return self._sent_or_new()
        standing = portal_drafts.standing(draft, at=self.now, method=method, with_money=True)
        if standing.is_outdated:
            return redirect(f"{self.url('portal-return')}?changed=1")
        if not standing.is_complete or not standing.methods:
            return redirect(self.url("portal-return-outcome"))
        return standing

    def _sent_or_new(self) -> HttpResponse:
        """Go on to the return that was just sent: the button was pressed twice."""
        row = portal_drafts.last_sent(self.link)
        if row is not None and self.request.method == "POST":
            return redirect(self.url("portal-return-status", row.number))
        return redirect(self.url("portal-return"))

    def _form(
        self, standing: Standing, place: Warehouse | None, data: QueryDict | None = None
    ) -> CheckForm:
        initial = {
            "version": standing.draft.version,
            "seen": standing.seen,
            "method": standing.method,
        }
        crosses = figures.crosses_border(standing, place)
        return CheckForm(data, initial=initial, crosses_border=crosses)

    def _page(
        self,
        standing: Standing,
        problem: str = "",
        status: int = 200,
        form: CheckForm | None = None,
    ) -> HttpResponse:
        place = figures.destination(standing)
        stores = figures.stores() if "store" in standing.methods else []
        context = {
            "form": form or self._form(standing, place),
            "problem": problem,
            "items": figures.summary(standing, is_chinese=is_chinese()),
            "money": figures.rows_of(standing.money, figures.names(standing, is_chinese())),
            "currency": standing.returns.currency,
            "methods": [
                {
                    "code": code,
                    "text": label_words.METHODS[code],
                    "is_chosen": code == standing.method,
                }
                for code in standing.methods
                if code != "store" or stores
            ],
            "stores": stores,
            "expected_on": standing.expected_on,
            "event": portal_words.EVENTS[standing.returns.decision.processing_event],
            "deadline_on": figures.deadline(standing),
            "is_ours": standing.returns.decision.label_payer == "seller",
            "needs_review": standing.returns.decision.needs_review,
            "destination": place,
            "crosses_border": figures.crosses_border(standing, place),
            "step": 3,
            "steps": MOST_STEPS,
            "back": self.url("portal-return-outcome"),
        }
        return self.show("portal/return_check.html", context, status)
