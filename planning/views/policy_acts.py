"""Decisions on policies: what differs for a SKU, colors set by hand, proposed kinds."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from core.submissions import SubmitOnce
from core.views.acts import Act
from inventory.models import Sku, Warehouse
from planning.forms.policies import BandForm, RefuseForm, SkuPolicyForm
from planning.models import BandOverride, KindProposal, SkuPolicy
from planning.services import kind_proposals, policies
from planning.services.policies import BandEntry, SkuEntry

MANAGE = "planning.manage"


class SkuAct(Act, SubmitOnce, View):
    """An act on one SKU at the person's warehouses."""

    capability = MANAGE

    def rows(self):
        return Sku.objects.visible_to(self.principal)

    def places(self):
        return Warehouse.objects.visible_to(self.principal).order_by("code")

    def first_values(self, found):
        return {"warehouse": self.request.GET.get("warehouse", "")}

    def done_url(self, found):
        return reverse("policy-card", args=[found.pk])


class SetSkuPolicy(SkuAct):
    """Plan a SKU otherwise than its category."""

    title = _("Plan this SKU otherwise")
    submit_text = _("Save policy")
    note = _("Saved. The next review plans by it.")

    def form_class(self, *args, **kwargs):
        for_all = self.principal.warehouse_codes is None
        return SkuPolicyForm(*args, warehouses=self.places(), for_all=for_all, **kwargs)

    def text(self, found):
        return gettext("%(sku)s: what is left empty stays as its category has it.") % {
            "sku": found.code
        }

    def do(self, found, form):
        data = form.cleaned_data
        entry = SkuEntry(
            sku_id=found.pk,
            warehouse_id=data["warehouse"],
            reason=data["reason"],
            kind=data["kind"],
            numbers=form.numbers(),
            expires_on=data["expires_on"],
        )
        policies.set_sku(entry, actor=self.principal.actor, now=self.now)


class SetBand(SkuAct):
    """B-64: set a color in place of the computed one."""

    title = _("Set the color by hand")
    submit_text = _("Set color")
    note = _("Set. The computed color stays visible beside it.")

    def form_class(self, *args, **kwargs):
        return BandForm(*args, warehouses=self.places(), **kwargs)

    def text(self, found):
        return gettext("%(sku)s: it counts from the next review to its last day.") % {
            "sku": found.code
        }

    def do(self, found, form):
        data = form.cleaned_data
        entry = BandEntry(
            sku_id=found.pk,
            warehouse_id=data["warehouse"],
            band=data["band"],
            reason=data["reason"],
            expires_on=data["expires_on"],
        )
        policies.set_band(entry, actor=self.principal.actor, now=self.now)


class WithdrawSkuPolicy(Act, SubmitOnce, View):
    """Let the category's policy count again."""

    capability = MANAGE
    title = _("Take this policy back?")
    submit_text = _("Take back")

    def rows(self):
        rows = SkuPolicy.objects.visible_to(self.principal).select_related("sku")
        if self.principal.warehouse_codes is None:
            return rows
        return rows.filter(warehouse__isnull=False)

    def text(self, found):
        return gettext("%(sku)s is planned like its category again. Decided because: %(why)s") % {
            "sku": found.sku.code,
            "why": found.reason,
        }

    def do(self, found, form):
        policies.withdraw_sku(found.pk, actor=self.principal.actor, now=self.now)

    def done_url(self, found):
        return reverse("policy-card", args=[found.sku_id])


class WithdrawBand(Act, SubmitOnce, View):
    """Let the computed color count again."""

    capability = MANAGE
    title = _("Use the computed color again?")
    submit_text = _("Use computed color")

    def rows(self):
        within = self.principal.warehouse_q("warehouse__code")
        return BandOverride.objects.filter(within).select_related("sku")

    def text(self, found):
        return gettext("%(sku)s was set by hand because: %(why)s") % {
            "sku": found.sku.code,
            "why": found.reason,
        }

    def do(self, found, form):
        policies.withdraw_band(found.pk, actor=self.principal.actor, now=self.now)

    def done_url(self, found):
        return reverse("policy-card", args=[found.sku_id])


class ProposalAct(Act, SubmitOnce, View):
    """A decision on a proposed kind."""

    capability = MANAGE

    def rows(self):
        return KindProposal.objects.visible_to(self.principal)

    def done_url(self, found):
        return reverse("policy-index")


class AcceptKind(ProposalAct):
    """Plan the category as proposed."""

    title = _("Plan this category as proposed?")
    submit_text = _("Accept kind")
    note = _("Saved. The next review plans by it.")

    def text(self, found):
        return gettext(
            "%(category)s becomes %(kind)s, with the numbers of that kind. SKUs with a policy of "
            "their own keep it."
        ) % {"category": found.category, "kind": found.get_kind_display()}

    def do(self, found, form):
        kind_proposals.accept(found.pk, actor=self.principal.actor, now=self.now)


class RefuseKind(ProposalAct):
    """Keep the category as it is."""

    form_class = RefuseForm
    title = _("Keep this category as it is?")
    submit_text = _("Refuse kind")

    def text(self, found):
        return gettext("%(kind)s is not proposed for %(category)s again within 90 days.") % {
            "category": found.category,
            "kind": found.get_kind_display(),
        }

    def do(self, found, form):
        reason = form.cleaned_data["reason"]
        kind_proposals.refuse(found.pk, reason=reason, actor=self.principal.actor, now=self.now)
