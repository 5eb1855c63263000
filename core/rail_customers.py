"""The rail's places around customers: what comes back, and whom we know."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.rail_entries import Entry, Section

RETURNS = Section(
    _("Returns"),
    (
        Entry(
            "returns",
            _("Returns"),
            "undo-2",
            ("return-index",),
            ("returns.view",),
            hot=True,
            children=(
                Entry(
                    "return-arrivals",
                    _("Returned parcels"),
                    "package-open",
                    ("return-arrivals",),
                    ("returns.inspect",),
                ),
                Entry(
                    "return-parcels",
                    _("Parcels to inspect"),
                    "package-search",
                    ("return-parcels",),
                    ("returns.view",),
                ),
                Entry(
                    "return-messages",
                    _("Customers' messages"),
                    "mail",
                    ("return-messages",),
                    ("returns.view",),
                ),
                Entry(
                    "return-policies",
                    _("Return policies"),
                    "scale",
                    ("return-policies",),
                    ("returns.view",),
                ),
                Entry(
                    "return-insight",
                    _("Why things come back"),
                    "chart-line",
                    ("return-insight",),
                    ("returns.view",),
                ),
            ),
        ),
        Entry("refunds", _("Refunds"), "banknote", ("refund-index",), ("returns.view",), hot=True),
        Entry(
            "carrier-claims",
            _("Carrier claims"),
            "package-x",
            ("carrier-claims",),
            ("returns.view",),
        ),
    ),
)

CUSTOMERS = Section(
    _("Customers"),
    (
        Entry(
            "customers",
            _("Customers"),
            "users",
            ("customer-index",),
            ("customers.view",),
            children=(
                Entry(
                    "feedback",
                    _("Feedback"),
                    "star",
                    ("feedback-index",),
                    ("customers.view",),
                ),
                Entry(
                    "message-templates",
                    _("Mails to customers"),
                    "mail",
                    ("message-templates",),
                    ("orders.view",),
                ),
                Entry(
                    "privacy",
                    _("Privacy"),
                    "shield-check",
                    ("privacy-desk",),
                    ("customers.privacy",),
                ),
            ),
        ),
    ),
)
