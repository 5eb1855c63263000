"""Every right of the product, in words, and the built-in roles made of them.

A capability is one verb on one kind of object. Views, API actions and services name it; roles are
sets of it. The list is closed: a name that is not here is a programming error, found at import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Capability:
    """One right: its stable code, the area it is listed under, and what it lets a person do."""

    code: str
    area: str
    text: Any
    is_write: bool = True


def _view(code: str, text: Any) -> Capability:
    return Capability(code, code.partition(".")[0], text, is_write=False)


def _write(code: str, text: Any) -> Capability:
    return Capability(code, code.partition(".")[0], text)


AREAS: dict[str, Any] = {
    "orders": _("Orders"),
    "inventory": _("Stock and products"),
    "fulfillment": _("Warehouse floor"),
    "shipping": _("Shipping"),
    "customers": _("Customers"),
    "suppliers": _("Suppliers and purchasing"),
    "returns": _("Returns"),
    "planning": _("Planning"),
    "imports": _("Imports and exports"),
    "exports": _("Imports and exports"),
    "jobs": _("Jobs"),
    "users": _("People and access"),
    "keys": _("People and access"),
    "audit": _("Audit"),
    "settings": _("Settings"),
    "system": _("System"),
    "admin": _("System"),
    "api": _("API"),
}

_ALL: tuple[Capability, ...] = (
    _view("orders.view", _("See orders")),
    _write("orders.create", _("Enter orders")),
    _write("orders.edit", _("Edit orders before they are picked")),
    _write("orders.hold", _("Hold orders and release holds")),
    _write("orders.cancel", _("Cancel orders")),
    _write("orders.override_routing", _("Choose another warehouse than routing did")),
    _view("orders.view_notes", _("See internal notes and risk flags")),
    _write("orders.record_payment", _("Record payments and refunds owed")),
    _write("orders.manage_channels", _("Set up channels and routing rules")),
    _write("orders.manage_subscriptions", _("Set up subscriptions and substitutes")),
    _view("inventory.view", _("See stock, products and warehouses")),
    _view("inventory.view_totals", _("See stock totals for each product")),
    _view("inventory.view_cost", _("See unit costs and margins")),
    _write("inventory.adjust", _("Adjust, move and count stock")),
    _write("inventory.manage_products", _("Edit products, SKUs and kits")),
    _write("inventory.manage_places", _("Edit warehouses, zones and bins")),
    _write("inventory.hold_lot", _("Hold and release lots")),
    _write("inventory.approve_counts", _("Approve counts and adjustments above the limit")),
    _write("inventory.transfer", _("Plan transfers between warehouses")),
    _write("inventory.approve_transfers", _("Approve transfers and settle their losses")),
    _write("inventory.plan_kits", _("Plan kit work orders")),
    _view("fulfillment.view", _("See waves, tasks and shipments")),
    _write("fulfillment.release_wave", _("Release waves")),
    _write("fulfillment.pick", _("Pick and put back")),
    _write("fulfillment.pack", _("Pack and verify")),
    _write("fulfillment.dispatch", _("Close manifests and hand over parcels")),
    _write("fulfillment.receive", _("Receive goods and put them away")),
    _write("fulfillment.count", _("Count bins")),
    _write("fulfillment.move", _("Move, replenish and transfer goods")),
    _write("fulfillment.build_kits", _("Build kits and take them apart")),
    _write("fulfillment.manage_inserts", _("Set up inserts, packaging and gift rules")),
    _write("fulfillment.decide_short", _("Decide what happens to a short pick")),
    _write("fulfillment.manage_stations", _("Register stations and devices")),
    _view("shipping.view", _("See parcels, rates and tracking")),
    _write("shipping.labels", _("Buy and void labels")),
    _write("shipping.track", _("Report tracking events of carriers")),
    _write("shipping.manage", _("Edit carriers, services and rate cards")),
    _view("customers.view", _("See customers, with personal data masked")),
    _view("customers.view_names", _("See name, city and country of customers")),
    _view("customers.view_pii", _("See street, phone and e-mail of customers")),
    _write("customers.edit", _("Edit and merge customers")),
    _write("customers.privacy", _("Export and erase personal data")),
    _write("imports.run", _("Import files and undo imports")),
    _view("exports.run", _("Export lists")),
    _view("jobs.view", _("See jobs and their results")),
    _write("jobs.manage", _("Retry, cancel and discard jobs")),
    _view("users.view", _("See people, roles and scopes")),
    _write("users.manage", _("Invite people, grant roles and scopes, suspend")),
    # A write, though it changes nothing: who only reads must not borrow other people's eyes.
    _write("users.view_as", _("See the product as another person, without changing anything")),
    _write("keys.manage", _("Create, rotate and revoke API keys")),
    _view("audit.view", _("Read the audit log")),
    _view("audit.export", _("Export the audit log")),
    _view("settings.view", _("See settings")),
    _write("settings.manage", _("Change settings")),
    _view("system.view", _("See the state of the system")),
    _write("admin.site", _("Open the repair site")),
    _view("api.docs", _("Read the API documentation")),
    _view("suppliers.view", _("See suppliers and purchase orders")),
    _view("suppliers.view_prices", _("See prices and terms of suppliers")),
    _write("suppliers.manage_arrivals", _("Announce arrivals and settle their differences")),
    _write("suppliers.buy", _("Draft and submit purchase orders")),
    _write("suppliers.approve", _("Approve purchase orders")),
    _view("returns.view", _("See returns")),
    _write("returns.manage", _("Decide returns and request refunds")),
    _write("returns.inspect", _("Take returned goods in and inspect them")),
    _write("returns.approve_refunds", _("Approve refunds above the limit")),
    _write("returns.manage_policies", _("Edit return policies and reasons")),
    _view("planning.view", _("See forecasts and alerts")),
    _write("planning.manage", _("Change planning rules and scenarios")),
)

CAPABILITIES: dict[str, Capability] = {entry.code: entry for entry in _ALL}
EVERYTHING: frozenset[str] = frozenset(CAPABILITIES)
READ_ONLY: frozenset[str] = frozenset(c.code for c in _ALL if not c.is_write)

#: What only a signed-in person may do, never a service key: people, access and the repair site.
HUMAN_ONLY: frozenset[str] = frozenset(
    {
        "users.view",
        "users.manage",
        "users.view_as",
        "keys.manage",
        "admin.site",
        "settings.manage",
        "audit.export",
    }
)

#: All that a badge and PIN on a shared floor device open, whatever else the person may do.
SHARED_DEVICE: frozenset[str] = frozenset(
    {
        "fulfillment.pick",
        "fulfillment.pack",
        "fulfillment.dispatch",
        "fulfillment.receive",
        "fulfillment.count",
        "fulfillment.move",
        "fulfillment.build_kits",
        "shipping.labels",
        "returns.inspect",
    }
)

#: Pairs that let one person both ask and approve, or write and cover up.
DANGEROUS_PAIRS: tuple[tuple[str, str, Any], ...] = (
    (
        "suppliers.buy",
        "suppliers.approve",
        _("One person could draft a purchase order and approve it."),
    ),
    (
        "users.manage",
        "suppliers.approve",
        _("One person could create a buyer and approve that buyer's orders."),
    ),
    (
        "inventory.adjust",
        "suppliers.approve",
        _("One person could buy goods and write them off."),
    ),
)


@dataclass(frozen=True, slots=True)
class BuiltinRole:
    """A role the product ships with; its capabilities live here, never in the database alone."""

    code: str
    name: Any
    text: Any
    capabilities: frozenset[str]


def require_known(codes: Iterable[str]) -> frozenset[str]:
    """Return the codes as a set.

    Raises:
        LookupError: a code is not in `CAPABILITIES`.
    """
    known = frozenset(codes)
    unknown = known - EVERYTHING
    if unknown:
        raise LookupError(f"unknown capability: {', '.join(sorted(unknown))}")
    return known


def _role(code: str, name: Any, text: Any, capabilities: Iterable[str]) -> BuiltinRole:
    return BuiltinRole(code, name, text, require_known(capabilities))


BUILTIN_ROLES: dict[str, BuiltinRole] = {
    role.code: role
    for role in (
        _role(
            "admin",
            _("Administrator"),
            _("Sets up the installation, people and access. Stock changes still go to the ledger."),
            EVERYTHING - {"suppliers.buy", "suppliers.approve", "returns.approve_refunds"},
        ),
        _role(
            "warehouse_manager",
            _("Warehouse manager"),
            _("Runs the assigned warehouses: waves, adjustments, counts, overrides with a reason."),
            {
                "orders.view",
                "orders.hold",
                "orders.override_routing",
                "orders.view_notes",
                "inventory.view",
                "inventory.view_totals",
                "inventory.adjust",
                "inventory.manage_products",
                "inventory.manage_places",
                "inventory.hold_lot",
                "inventory.approve_counts",
                "inventory.transfer",
                "inventory.approve_transfers",
                "inventory.plan_kits",
                "fulfillment.receive",
                "fulfillment.count",
                "fulfillment.move",
                "fulfillment.build_kits",
                "fulfillment.manage_inserts",
                "suppliers.view",
                "suppliers.manage_arrivals",
                "fulfillment.view",
                "fulfillment.release_wave",
                "fulfillment.pick",
                "fulfillment.pack",
                "fulfillment.dispatch",
                "fulfillment.decide_short",
                "fulfillment.manage_stations",
                "shipping.view",
                "shipping.labels",
                "customers.view",
                "customers.view_names",
                "imports.run",
                "exports.run",
                "jobs.view",
                "returns.view",
                "returns.inspect",
            },
        ),
        _role(
            "operator",
            _("Operator"),
            _("Receives, picks, packs, counts and hands over in the assigned warehouses."),
            SHARED_DEVICE,
        ),
        _role(
            "order_desk",
            _("Order desk"),
            _("Looks after orders and customers from placing to delivery."),
            {
                "orders.view",
                "orders.create",
                "orders.edit",
                "orders.hold",
                "orders.cancel",
                "orders.override_routing",
                "orders.view_notes",
                "orders.record_payment",
                "orders.manage_subscriptions",
                "inventory.view_totals",
                "fulfillment.view",
                "fulfillment.decide_short",
                "shipping.view",
                "customers.view",
                "customers.view_names",
                "customers.view_pii",
                "customers.edit",
                "imports.run",
                "exports.run",
                "jobs.view",
                "returns.view",
                "returns.manage",
            },
        ),
        _role(
            "buyer",
            _("Buyer"),
            _("Buys from suppliers. Never approves own purchase orders."),
            {
                "inventory.view_totals",
                "inventory.view_cost",
                "suppliers.view",
                "suppliers.view_prices",
                "suppliers.manage_arrivals",
                "suppliers.buy",
                "planning.view",
                "imports.run",
                "exports.run",
                "jobs.view",
            },
        ),
        _role(
            "approver",
            _("Approver"),
            _("Approves or rejects purchase orders within limits."),
            {
                "inventory.view_totals",
                "inventory.view_cost",
                "suppliers.view",
                "suppliers.view_prices",
                "suppliers.approve",
                "returns.view",
                "returns.approve_refunds",
            },
        ),
        _role(
            "planner",
            _("Planner"),
            _("Forecasts, alerts and planning rules, without personal data."),
            {
                "inventory.view_totals",
                "inventory.view_cost",
                "planning.view",
                "planning.manage",
                "inventory.transfer",
                "exports.run",
                "jobs.view",
            },
        ),
        _role(
            "auditor",
            _("Auditor"),
            _("Reads everything with personal data masked, and changes nothing."),
            READ_ONLY - {"customers.view_names", "customers.view_pii", "api.docs"},
        ),
    )
}
