"""What the rail holds: the places of the back office, section by section."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.rail_customers import CUSTOMERS, RETURNS
from core.rail_entries import Entry, Section

__all__ = ["FOOT", "SECTIONS", "Entry", "Section"]

SECTIONS: tuple[Section, ...] = (
    Section(
        "",
        (
            Entry("home", _("Home"), "house", ("home",)),
            Entry(
                "orders",
                _("Orders"),
                "shopping-bag",
                ("orders-index", "order-index", "orders", "order-list"),
                ("orders.view",),
                hot=True,
                children=(
                    Entry(
                        "attention",
                        _("Attention queue"),
                        "triangle-alert",
                        ("orders-attention", "attention-queue", "attention"),
                        ("orders.view",),
                    ),
                    Entry(
                        "subscriptions",
                        _("Subscriptions"),
                        "repeat",
                        ("subscriptions-index",),
                        ("orders.view",),
                    ),
                ),
            ),
            Entry(
                "fulfillment",
                _("Fulfillment"),
                "package-open",
                ("waves-index", "wave-index", "waves", "floor-home"),
                ("fulfillment.release_wave", "fulfillment.pick", "fulfillment.pack"),
                children=(
                    Entry(
                        "floor",
                        _("Floor"),
                        "scan-barcode",
                        ("floor-home", "floor-tasks", "shift-start"),
                        ("fulfillment.pick", "fulfillment.pack", "fulfillment.dispatch"),
                    ),
                    Entry(
                        "inserts",
                        _("Inserts"),
                        "mail-open",
                        ("campaigns-index",),
                        ("fulfillment.view",),
                    ),
                    Entry(
                        "problems",
                        _("Problems"),
                        "life-buoy",
                        ("problems-index",),
                        ("fulfillment.view",),
                    ),
                    Entry(
                        "parcels",
                        _("Parcels"),
                        "package",
                        ("parcels-index",),
                        ("shipping.view",),
                    ),
                ),
            ),
        ),
    ),
    RETURNS,
    Section(
        _("Supply"),
        (
            Entry(
                "approvals",
                _("Approvals"),
                "stamp",
                ("approvals",),
                ("suppliers.view_prices",),
                hot=True,
            ),
            Entry(
                "purchase-orders",
                _("Purchase orders"),
                "file-text",
                ("purchase-orders-index", "purchase-order"),
                ("suppliers.view",),
                children=(
                    Entry(
                        "landed-costs",
                        _("Landed costs"),
                        "ship",
                        ("landed-costs-index",),
                        ("suppliers.view_prices",),
                    ),
                    Entry(
                        "invoices",
                        _("Supplier invoices"),
                        "receipt-text",
                        ("invoices-index",),
                        ("suppliers.view_prices",),
                    ),
                    Entry(
                        "claims",
                        _("Claims"),
                        "file-text",
                        ("claims-index",),
                        ("suppliers.view_prices",),
                    ),
                ),
            ),
            Entry(
                "arrivals",
                _("Inbound"),
                "truck",
                ("arrivals-index",),
                ("suppliers.view",),
                children=(
                    Entry(
                        "inbound-calendar",
                        _("Inbound calendar"),
                        "calendar-days",
                        ("arrivals-calendar",),
                        ("suppliers.view",),
                    ),
                    Entry(
                        "arrival-differences",
                        _("Differences"),
                        "triangle-alert",
                        ("arrival-differences-index",),
                        ("suppliers.view",),
                    ),
                    Entry(
                        "unidentified",
                        _("Unidentified goods"),
                        "package-search",
                        ("unidentified-index",),
                        ("suppliers.view",),
                    ),
                ),
            ),
            Entry(
                "suppliers",
                _("Suppliers"),
                "factory",
                ("suppliers-index",),
                ("suppliers.view",),
                children=(
                    Entry(
                        "agreements",
                        _("Agreements"),
                        "handshake",
                        ("agreements-index",),
                        ("suppliers.view_prices",),
                    ),
                ),
            ),
            Entry(
                "stock",
                _("Stock"),
                "boxes",
                ("stock-index", "stock-on-hand", "stock"),
                ("inventory.view",),
                children=(
                    Entry(
                        "ledger",
                        _("Ledger"),
                        "list",
                        ("ledger-index", "ledger"),
                        ("inventory.view",),
                    ),
                    Entry(
                        "counts",
                        _("Count plan"),
                        "list-checks",
                        ("counts-index",),
                        ("inventory.view",),
                    ),
                    Entry(
                        "bins",
                        _("Zones and bins"),
                        "map",
                        ("bins-index", "places-index", "bins"),
                        ("inventory.view",),
                    ),
                    Entry(
                        "pick-faces",
                        _("Pick faces"),
                        "repeat",
                        ("pick-faces-index",),
                        ("inventory.view",),
                    ),
                    Entry(
                        "products",
                        _("Products"),
                        "package",
                        ("skus-index", "products-index", "products"),
                        ("inventory.view",),
                    ),
                ),
            ),
            Entry(
                "work-orders",
                _("Work orders"),
                "package",
                ("work-orders-index",),
                ("inventory.view", "inventory.plan_kits"),
            ),
            Entry(
                "transfers",
                _("Transfers"),
                "truck",
                ("transfers-index",),
                ("inventory.view", "inventory.transfer", "inventory.approve_transfers"),
            ),
        ),
    ),
    Section(
        _("Planning"),
        (
            Entry(
                "alerts",
                _("Alerts"),
                "triangle-alert",
                ("alert-index",),
                ("planning.view",),
                hot=True,
                children=(
                    Entry(
                        "alert-rules",
                        _("Alert rules"),
                        "list-checks",
                        ("alert-rules",),
                        ("planning.view",),
                    ),
                ),
            ),
            Entry(
                "proposals",
                _("Proposals"),
                "file-text",
                ("proposal-index",),
                ("planning.view",),
                hot=True,
                children=(
                    Entry(
                        "placement",
                        _("Placement"),
                        "map",
                        ("placement-index",),
                        ("planning.view",),
                    ),
                ),
            ),
            Entry(
                "forecasts",
                _("Forecasts"),
                "chart-line",
                ("forecast-board",),
                ("planning.view",),
                children=(
                    Entry(
                        "demand-events",
                        _("Demand events"),
                        "calendar-days",
                        ("demand-events",),
                        ("planning.view",),
                    ),
                    Entry(
                        "repurchase",
                        _("Repurchase"),
                        "repeat",
                        ("repurchase-table",),
                        ("planning.view",),
                    ),
                    Entry(
                        "weekly-pack",
                        _("Weekly pack"),
                        "list-checks",
                        ("weekly-pack",),
                        ("planning.view",),
                    ),
                    Entry(
                        "shared-forecasts",
                        _("Shared forecasts"),
                        "send",
                        ("forecast-shares-index",),
                        ("planning.view",),
                    ),
                    Entry(
                        "what-if",
                        _("What-if"),
                        "scale",
                        ("whatif",),
                        ("planning.view",),
                    ),
                ),
            ),
            Entry(
                "policies",
                _("Policies"),
                "list-checks",
                ("policy-index",),
                ("planning.view",),
            ),
            Entry("risk", _("Risk"), "shield", ("risk-desk",), ("planning.view",)),
            Entry(
                "planning-reports",
                _("Planning reports"),
                "list",
                ("planning-reports",),
                ("planning.view",),
            ),
        ),
    ),
    CUSTOMERS,
)

FOOT: tuple[Entry, ...] = (
    Entry(
        "settings",
        _("Settings"),
        "settings",
        ("settings-index", "settings", "settings-home"),
        (
            "settings.manage",
            "users.manage",
            "jobs.view",
            "audit.view",
            "imports.run",
            "fulfillment.manage_stations",
        ),
        children=(
            Entry(
                "setup",
                _("Set-up"),
                "list-checks",
                ("setup-checklist", "setup"),
                ("settings.manage",),
            ),
            Entry(
                "shipping",
                _("Shipping"),
                "truck",
                ("shipping-settings",),
                ("shipping.manage",),
            ),
            Entry(
                "life-rules",
                _("Remaining life"),
                "hourglass",
                ("life-rules",),
                ("orders.manage_channels",),
            ),
            Entry(
                "exchange-rates",
                _("Exchange rates"),
                "coins",
                ("exchange-rates",),
                ("settings.manage", "suppliers.view_prices"),
            ),
            Entry("users", _("Users"), "users", ("users-index", "users"), ("users.manage",)),
            Entry(
                "badges",
                _("Badges and PINs"),
                "id-card",
                ("badges",),
                ("users.manage", "fulfillment.manage_stations"),
            ),
            Entry(
                "floor-devices",
                _("Floor devices"),
                "tablet",
                ("floor-devices",),
                ("fulfillment.manage_stations",),
            ),
            Entry(
                "printing",
                _("Stations and printers"),
                "printer",
                ("printing-setup",),
                ("fulfillment.manage_stations",),
            ),
            Entry("roles", _("Roles"), "shield", ("roles-index", "roles"), ("users.manage",)),
            Entry(
                "imports", _("Imports"), "upload", ("imports-index", "imports"), ("imports.run",)
            ),
            Entry("jobs", _("Jobs"), "list-todo", ("jobs-index", "jobs"), ("jobs.view",)),
            Entry("audit", _("Audit log"), "history", ("audit-index", "audit"), ("audit.view",)),
            Entry(
                "keys",
                _("API keys"),
                "key-round",
                ("api-keys-index", "api-keys"),
                ("users.manage",),
            ),
        ),
    ),
)
