"""What suppliers do about agreements and papers by themselves: accept terms, hand in papers."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import transaction
from django.urls import reverse

from core.actors import Actor
from core.errors import gettext_noop
from core.notices import NoticeDraft, notify_role
from suppliers.models import Agreement, Supplier, SupplierDocument
from suppliers.queries.agreement_terms import fingerprint
from suppliers.queries.portal import SIGNABLE
from suppliers.services import supplier_records
from suppliers.services.agreement_drafts import lock, note, refused
from suppliers.services.agreement_errors import (
    AgreementAccepted,
    AgreementChanged,
    ReasonMissing,
)
from suppliers.services.answer_errors import PaperLimit
from suppliers.services.supplier_records import DocumentDraft

#: Papers one supplier may hand in by link in a day (H-14).
PAPERS_PER_DAY: Final = 20


@transaction.atomic
def accept_agreement(
    agreement_id: int, *, expected: str, name: str, actor: Actor, at: dt.datetime
) -> Agreement:
    """Note that the supplier accepts an agreement: the name given, the day, and a hash of it.

    `expected` is the fingerprint of the terms that the page showed. Acceptance counts for this
    version alone and is never changed. Locks the agreement.

    Raises:
        ReasonMissing: no name is given.
        AgreementState: it is not in force.
        AgreementChanged: the terms are not those that were shown.
        AgreementAccepted: the supplier accepted it before.
    """
    if not name.strip():
        raise ReasonMissing
    agreement = lock(agreement_id)
    if agreement.state not in SIGNABLE:
        raise refused(agreement)
    if agreement.signed_hash:
        raise AgreementAccepted(number=str(agreement), name=agreement.signed_by)
    if fingerprint(agreement) != expected:
        raise AgreementChanged(number=agreement.number)
    agreement.signed_by, agreement.signed_hash = name.strip()[:120], expected
    agreement.signed_on = at.astimezone(dt.UTC).date()
    same = Agreement.objects.filter(pk=agreement.pk, signed_hash="", state=agreement.state)
    if not same.update(
        signed_by=agreement.signed_by, signed_on=agreement.signed_on, signed_hash=expected
    ):
        raise AgreementAccepted(number=str(agreement), name="")
    values: dict[str, object] = {"by": agreement.signed_by, "fingerprint": expected}
    note(agreement, "accepted", actor=actor, at=at, after_values=values)
    _tell(
        agreement.supplier,
        gettext_noop("%(supplier)s accepted agreement %(number)s."),
        (f"agreement:{agreement.pk}", str(agreement)),
        at,
    )
    return agreement


@transaction.atomic
def hand_in_paper(
    supplier_id: int, draft: DocumentDraft, *, actor: Actor, at: dt.datetime
) -> SupplierDocument:
    """Keep a paper that a supplier uploads, and tell the buyers.

    Raises:
        PaperLimit: the supplier handed in as many papers today as a day may have.
        BadFigure: an unknown kind or no title.
    """
    supplier = supplier_records.lock(supplier_id)
    check_paper_limit(supplier_id, at=at)
    paper = supplier_records.add_document(supplier_id, draft, actor=actor, at=at)
    _tell(
        supplier,
        gettext_noop("%(supplier)s handed in the document %(number)s. Check it."),
        (f"supplier:{supplier_id}", paper.title),
        at,
    )
    return paper


def check_paper_limit(supplier_id: int, *, at: dt.datetime) -> None:
    """Refuse another paper where the day has enough; asked before a file is stored, too.

    Raises:
        PaperLimit: the supplier handed in as many papers today as a day may have.
    """
    today = SupplierDocument.objects.filter(
        supplier_id=supplier_id,
        added_by__startswith="supplier:",
        added_at__gt=at - dt.timedelta(days=1),
    )
    if today.count() >= PAPERS_PER_DAY:
        raise PaperLimit(n=PAPERS_PER_DAY)


def _tell(supplier: Supplier, text: str, about: tuple[str, str], at: dt.datetime) -> None:
    target, name = about
    what, _colon, pk = target.partition(":")
    draft = NoticeDraft(
        kind=f"{what}_answered",
        text=text,
        at=at,
        data={"supplier": supplier.name, "number": name},
        target=target,
        url=reverse(what, args=[int(pk)]),
        dedupe_key=f"supplier-answered:{target}:{name}"[:120],
    )
    notify_role("buyer", draft)
