"""The rail: what the back office consists of, and which entries a principal sees.

An entry appears only when its URL exists and the principal holds one of its capabilities. Counts
come from `config.wiring.NAV_COUNTS` (entry key -> dotted path of `f(principal) -> int | None`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from django.core.cache import cache as store
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.capabilities import EVERYTHING
from core.permissions import SIGNED_IN, Principal
from core.wiring import resolve, wired

COUNT_SECONDS = 20


@dataclass(frozen=True)
class Entry:
    """One place of the back office: where it is, who sees it, how it is drawn.

    `url_names`: the first that exists is the target. `hot`: its count needs a person (amber).
    """

    key: str
    text: str | Promise
    glyph: str
    url_names: tuple[str, ...]
    capabilities: tuple[str, ...] = (SIGNED_IN,)
    hot: bool = False
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """Entries under one heading; the first section has none."""

    text: str | Promise
    entries: tuple[Entry, ...]


@dataclass
class Link:
    """One entry as one principal sees it on one page."""

    key: str
    text: str | Promise
    glyph: str
    url: str
    is_current: bool = False
    is_open: bool = False
    hot: bool = False
    count: int | None = None
    children: list[Link] = field(default_factory=list)


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
    Section(
        _("Customers"),
        (
            Entry(
                "customers",
                _("Customers"),
                "users",
                ("customers-index", "customer-index", "customers"),
                ("customers.view",),
            ),
        ),
    ),
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


@cache
def target(url_names: tuple[str, ...]) -> str:
    """Return the path of the first URL name that exists, or an empty text."""
    for name in url_names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def allowed(entry: Entry, principal: Principal) -> bool:
    """Say whether the principal may open the entry's place."""
    if SIGNED_IN in entry.capabilities:
        return not principal.is_anonymous
    known = [name for name in entry.capabilities if name in EVERYTHING]
    return principal.may_any(known)


def _counter(key: str) -> Callable[[Principal], int | None] | None:
    dotted = wired("NAV_COUNTS").get(key)
    return resolve(dotted) if dotted else None


def count_of(key: str, principal: Principal) -> int | None:
    """Return the number beside an entry, at most 20 seconds old, or None where nothing counts."""
    counter = _counter(key)
    if counter is None:
        return None
    return store.get_or_set(_count_name(key, principal), lambda: counter(principal), COUNT_SECONDS)


def forget_count(key: str, principal: Principal) -> None:
    """Count afresh at the next page, after an act of this principal that changes the number."""
    store.delete(_count_name(key, principal))


def _count_name(key: str, principal: Principal) -> str:
    return f"nav:{key}:{principal.actor.key}"


def _link(entry: Entry, principal: Principal, path: str) -> Link | None:
    url = target(entry.url_names)
    if not url or not allowed(entry, principal):
        return None
    children = [link for sub in entry.children if (link := _link(sub, principal, path))]
    below = any(child.is_current or child.is_open for child in children)
    here = path == url if url == "/" else path.startswith(url)
    return Link(
        key=entry.key,
        text=entry.text,
        glyph=entry.glyph,
        url=url,
        is_current=here and not below,
        is_open=here or below,
        hot=entry.hot,
        count=count_of(entry.key, principal),
        children=children,
    )


def links(entries: tuple[Entry, ...], principal: Principal, path: str) -> list[Link]:
    """Return the entries that the principal sees, with the one of `path` marked."""
    return [link for entry in entries if (link := _link(entry, principal, path))]
