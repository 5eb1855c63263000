"""Every mail about orders can be written in both languages, and holds what its reader needs."""

from __future__ import annotations

import pytest

from core import mail
from core.models import OutboundMail

TOKEN = "t" * 32
CONTEXT = {
    "order_number": "PO-1001",
    "revision": 2,
    "supplier": "Hill Tea",
    "contact": "Lin Yue",
    "token": TOKEN,
    "hours": 24,
    "comment": "We need all 100.",
    "planned_on": "2026-05-01",
    "text": "Which color?",
    "lines": 2,
    "path": "/purchase-orders/1/",
}
TO_SUPPLIERS = (
    "order_new",
    "order_amended",
    "order_cancelled",
    "change_accepted",
    "change_rejected",
    "answer_chase",
    "answer_reminder",
    "answer_overdue",
    "shipment_late",
    "message",
)
TO_BUYERS = ("answer_changed", "answer_declined", "answer_silent")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_mails_name_the_order_and_lead_to_it(language):
    written = {
        name: mail.compose(
            OutboundMail(
                pk=1,
                to="a@example.com",
                template=f"suppliers/{name}",
                language=language,
                context=CONTEXT,
            )
        )
        for name in (*TO_SUPPLIERS, *TO_BUYERS)
    }

    assert all("PO-1001" in message.subject for message in written.values())
    assert all("{" not in message.body for message in written.values())
    assert all(f"/supplier/{TOKEN}/" in written[name].body for name in TO_SUPPLIERS)
    assert all("/purchase-orders/1/" in written[name].body for name in TO_BUYERS)
    assert "We need all 100." in written["change_rejected"].body
    assert "Which color?" in written["message"].body
