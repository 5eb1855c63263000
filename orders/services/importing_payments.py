"""Payments named in a file of orders: each reference belongs to one order, of all there are."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from django.utils.translation import gettext as _

from core.imports.problems import Problem
from orders.domain import import_rules
from orders.domain.drafts import PaymentDraft
from orders.services import paying
from orders.services.importing_plan import PlannedOrder


def payments_of(plan: PlannedOrder, currency: str) -> tuple[PaymentDraft, ...]:
    """Return the payment that the order's lines name, if any."""
    reference, amount = str(plan.first("payment_reference")), plan.first("paid_amount")
    if not reference or not amount:
        return ()
    return (PaymentDraft(amount, currency, reference),)


def settle_payments(plans: Sequence[PlannedOrder], seen: MutableMapping[str, str]) -> None:
    """Refuse new orders whose payment has no amount or is another order's.

    `seen` maps the references of this run to their order numbers and grows. One statement per 500
    references.
    """
    named = {
        plan.key: reference
        for plan in plans
        if plan.outcome == "new"
        and plan.goods
        and (reference := str(plan.first("payment_reference")))
    }
    holders = paying.find_holders(named.values())
    for plan in plans:
        if plan.key not in named:
            continue
        reference = named[plan.key]
        if not plan.first("paid_amount"):
            _refuse_without_amount(plan, reference)
        elif reference in holders:
            refuse_payment(plan, reference, holders[reference][1])
        elif seen.setdefault(reference, plan.key) != plan.key:
            refuse_payment(plan, reference, seen[reference])


def refuse_payment(plan: PlannedOrder, reference: str, holder: str) -> None:
    """Set the order aside: its payment is recorded for `holder`."""
    text = _("Payment reference %(reference)s belongs to order %(holder)s.")
    _refuse(
        plan,
        Problem(
            plan.group.line,
            "payment_reference",
            reference,
            import_rules.PAYMENT_REFERENCE_USED,
            text % {"reference": reference, "holder": holder},
            _("Correct the reference and import the order again."),
        ),
    )


def _refuse_without_amount(plan: PlannedOrder, reference: str) -> None:
    _refuse(
        plan,
        Problem(
            plan.group.line,
            "paid_amount",
            reference,
            import_rules.PAYMENT_WITHOUT_AMOUNT,
            _("The payment has a reference and no amount."),
            _("Write what was paid, above zero, or leave the reference out."),
        ),
    )


def _refuse(plan: PlannedOrder, problem: Problem) -> None:
    plan.outcome = "error"
    plan.problems.append(problem)
    plan.refuse(problem.code)
