"""Who answers whom: the only place where lower apps are tied to higher ones.

Values are dotted paths, read at run time; tests/architecture/test_wiring.py resolves each of them.
"""

from __future__ import annotations

from config import wired_privacy
from core.approval_kinds import ApprovalKind
from core.number_kinds import NumberKind
from core.plans import Plan

# Event name -> functions `(facts: list[EventFact]) -> None`; an event may have no listener yet.
EVENT_HANDLERS: dict[str, tuple[str, ...]] = {
    "customers.merged": ("orders.services.importing_customers.follow_merges",),
    "inventory.lot_recalled": ("orders.services.listening.on_lot_recalled",),
    "inventory.promise_broken": (
        "orders.services.listening.on_promise_broken",
        "inventory.services.shortfalls.on_promise_broken",
    ),
    "inventory.stock_available": (
        "orders.services.listening.on_stock_available",
        "inventory.services.shortfalls.on_stock_available",
        "returns.services.exchange_events.on_stock_available",
    ),
    "suppliers.arrived": (),
    "suppliers.received": (),
    "suppliers.closed_short": (),
    "suppliers.confirmed": (),
    "suppliers.declined": (),
    "suppliers.change_proposed": (),
    "suppliers.answer_overdue": (),
    "suppliers.eta_changed": ("orders.services.arrival_days.on_eta_changed",),
    "orders.imported": (
        "orders.services.listening.on_imported",
        "orders.services.letters.on_imported",
        "orders.services.late_mail.on_waiting",
        "orders.services.substituting.on_waiting",
    ),
    "orders.allocated": ("orders.services.substituting.on_waiting",),
    "orders.cancelled": (
        "orders.services.listening.on_changed",
        "fulfillment.tasks.drop_decisions",
        "returns.services.refund_jobs.on_order_over",
    ),
    "orders.held": (),
    "orders.hold_released": (),
    "orders.completed": (),
    "orders.promise_revised": (
        "orders.services.listening.on_changed",
        "orders.services.late_mail.on_promise_revised",
    ),
    "orders.backordered": (
        "orders.services.late_mail.on_waiting",
        "orders.services.substituting.on_waiting",
    ),
    "orders.substituted": (
        "orders.services.listening.on_changed",
        "fulfillment.tasks.close_substituted",
    ),
    "orders.shipment_recalled": ("fulfillment.tasks.recall_shipments",),
    "orders.short_decided": ("fulfillment.tasks.close_decisions",),
    "orders.edited": ("orders.services.listening.on_changed",),
    "fulfillment.wave_released": (),
    "fulfillment.picked": (),
    "fulfillment.packed": ("fulfillment.tasks.print_papers",),
    "fulfillment.shipped": ("orders.services.letters.on_shipped",),
    "shipping.label_ready": (
        "fulfillment.tasks.print_labels",
        "returns.services.label_events.on_label_ready",
    ),
    "shipping.label_failed": ("returns.services.label_events.on_label_failed",),
    "shipping.tracking_changed": (
        "orders.services.letters.on_tracking",
        "returns.services.label_events.on_tracking",
        "returns.services.parcel_watch.on_tracking",
        "returns.services.undelivered.on_tracking",
    ),
    "shipping.delivered": (
        "orders.services.listening.on_delivered",
        "orders.services.letters.on_delivered",
    ),
    "returns.requested": ("returns.services.letters.on_facts",),
    "returns.approved": (
        "returns.services.label_events.on_approved",
        "returns.services.refunds.on_return",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.rejected": (
        "returns.services.label_events.on_ended",
        "returns.services.order_facts.on_returns_changed",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.label_issued": (
        "returns.services.refunds.on_return",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.in_transit": (
        "returns.services.refunds.on_return",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.arrived": (
        "returns.services.order_facts.on_returns_changed",
        "returns.services.refunds.on_return",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.inspected": (
        "returns.services.order_facts.on_returns_changed",
        "returns.services.closing.on_inspected",
        "returns.services.refunds.on_return",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.resolved": (
        "returns.services.order_facts.on_returns_changed",
        "returns.services.refunds.on_over",
    ),
    "returns.cancelled": (
        "returns.services.label_events.on_ended",
        "returns.services.order_facts.on_returns_changed",
        "returns.services.refunds.on_over",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.expired": (
        "returns.services.label_events.on_ended",
        "returns.services.order_facts.on_returns_changed",
        "returns.services.refunds.on_over",
        "returns.services.letters.on_facts",
        "returns.services.exchange_events.on_return",
    ),
    "returns.refunded": ("returns.services.letters.on_facts",),
    "returns.exchange_expired": ("returns.services.letters.on_facts",),
    "returns.exchange_ready": ("returns.services.letters.on_facts",),
}

# Job name -> function `(job: JobRun, **args) -> dict | None`.
JOBS: dict[str, str] = {
    "inventory.expire_promises": "inventory.tasks.expire_promises",
    "inventory.check_stock": "inventory.tasks.check_stock",
    "inventory.hold_expired": "inventory.tasks.hold_expired",
    "inventory.plan_counts": "inventory.tasks.plan_counts",
    "inventory.plan_refills": "inventory.tasks.plan_refills",
    "orders.retry_backorders": "orders.services.upkeep.retry_backorders",
    "orders.clock": "orders.services.upkeep.run_clock",
    "orders.date_waiting": "orders.services.arrival_days.run",
    "orders.ask_feedback": "orders.services.asking_feedback.run",
    "orders.replan_together": "orders.services.replanning_together.run",
    "orders.run_subscriptions": "orders.services.upkeep.run_subscriptions",
    "orders.build_kits_ahead": "orders.services.upkeep.build_kits_ahead",
    "orders.refresh_transit": "orders.services.upkeep.refresh_transit",
    "orders.bulk_hold": "orders.tasks.bulk_hold",
    "orders.bulk_release": "orders.tasks.bulk_release",
    "orders.bulk_cancel": "orders.tasks.bulk_cancel",
    "core.export_index": "core.tables.exporting.export_index",
    "core.check_import": "core.imports.tasks.check_import",
    "core.apply_import": "core.imports.tasks.apply_import",
    "core.undo_import": "core.imports.tasks.undo_import",
    "core.deliver_events": "core.events.job.deliver_events",
    "core.send_mail": "core.mail.send",
    "core.send_mails": "core.mail.send_many",
    "core.approval_clock": "core.approvals.upkeep.run",
    "core.seal_audit": "core.upkeep.seal_audit",
    "core.purge": "core.upkeep.purge",
    "core.expire_second_factors": "core.upkeep.expire_second_factors",
    "core.send_invitation": "core.account_mail.send_invitation",
    "core.send_password_link": "core.account_mail.send_password_link",
    "fulfillment.print": "fulfillment.tasks.send_print",
    "fulfillment.try_rule": "fulfillment.tasks.try_rule",
    "returns.try_policy": "returns.tasks.try_policy",
    "returns.watch_parcels": "returns.tasks.watch_parcels",
    "fulfillment.plan_carton": "fulfillment.tasks.plan_carton",
    "fulfillment.release_waves": "fulfillment.tasks.release_waves",
    "suppliers.run_agreements": "suppliers.tasks.run_agreements",
    "planning.rebuild_history": "planning.tasks.rebuild_history",
    "planning.fit_repurchase": "planning.tasks.fit_repurchase",
    "planning.run_forecast": "planning.tasks.run_forecast",
    "planning.watch_risks": "planning.tasks.watch_risks",
    "planning.judge_deviations": "planning.tasks.judge_deviations",
    "planning.review_replenishment": "planning.tasks.review_replenishment",
    "planning.share_forecasts": "planning.tasks.share_forecasts",
    "planning.build_weekly_pack": "planning.tasks.build_weekly_pack",
    "planning.mail_reports": "planning.tasks.mail_reports",
    "planning.refresh_alerts": "planning.tasks.refresh_alerts",
    "planning.review_alerts": "planning.tasks.review_alerts",
    "planning.alert_digest": "planning.tasks.alert_digest",
    "planning.bulk_alerts": "planning.tasks.bulk_alerts",
    "planning.care_for_policies": "planning.tasks.care_for_policies",
    "planning.what_if": "planning.tasks.run_what_if",
    "returns.ask_cards": "returns.tasks.ask_cards",
    "returns.follow_exchanges": "returns.tasks.follow_exchanges",
    "returns.keep_for_waiting": "returns.tasks.keep_for_waiting",
    "returns.exchange_clock": "returns.tasks.exchange_clock",
    "shipping.buy_labels": "shipping.tasks.buy_labels",
    "shipping.void_labels": "shipping.tasks.void_labels",
    "shipping.send_link": "shipping.tasks.send_link",
    "shipping.sweep": "shipping.tasks.sweep",
    "returns.pay_refunds": "returns.services.refund_jobs.pay_refunds",
    "returns.sweep_refunds": "returns.services.refund_jobs.sweep_refunds",
    "suppliers.answer_clock": "suppliers.tasks.answer_clock",
    "config.answer_privacy_request": "config.privacy.answer_privacy_request",
    "config.privacy_clock": "config.privacy.clock",
    "config.send_sign_in_link": "config.portal_accounts.send_sign_in_link",
    "returns.match_history": "returns.tasks.match_history",
    "returns.sweep_drafts": "returns.tasks.sweep_drafts",
    "returns.expire_requests": "returns.tasks.expire_requests",
    "returns.bulk_approve": "returns.tasks.bulk_approve",
    "returns.bulk_reject": "returns.tasks.bulk_reject",
    "returns.remind_customers": "returns.tasks.remind_customers",
}

# Schedule name -> job, cron line in UTC, and what to do about missed slots.
SCHEDULES: dict[str, Plan] = {
    "inventory.expire_promises": Plan("inventory.expire_promises", "*/5 * * * *", catch_up="skip"),
    "inventory.plan_refills": Plan("inventory.plan_refills", "*/10 * * * *", catch_up="skip"),
    "inventory.check_stock": Plan("inventory.check_stock", "40 2 * * *", queue="bulk"),
    "inventory.hold_expired": Plan("inventory.hold_expired", "15 0 * * *"),
    "inventory.plan_counts": Plan("inventory.plan_counts", "30 3 * * *", queue="bulk"),
    "orders.clock": Plan("orders.clock", "* * * * *"),
    "orders.retry_backorders": Plan("orders.retry_backorders", "7 * * * *"),
    "orders.date_waiting": Plan("orders.date_waiting", "27 * * * *", catch_up="skip"),
    "orders.ask_feedback": Plan("orders.ask_feedback", "37 * * * *", catch_up="skip"),
    "orders.replan_together": Plan("orders.replan_together", "11,41 * * * *", catch_up="skip"),
    "orders.run_subscriptions": Plan("orders.run_subscriptions", "22 * * * *", queue="bulk"),
    "orders.build_kits_ahead": Plan("orders.build_kits_ahead", "50 3 * * *", queue="bulk"),
    "orders.refresh_transit": Plan("orders.refresh_transit", "20 3 * * *", queue="bulk"),
    "fulfillment.release_waves": Plan("fulfillment.release_waves", "*/5 * * * *", catch_up="skip"),
    "suppliers.run_agreements": Plan("suppliers.run_agreements", "5 0 * * *"),
    "planning.rebuild_history": Plan("planning.rebuild_history", "20 1 * * *", queue="bulk"),
    "planning.fit_repurchase": Plan("planning.fit_repurchase", "50 1 * * *", queue="bulk"),
    "planning.run_forecast": Plan("planning.run_forecast", "5 2 * * *", queue="bulk"),
    "planning.watch_risks": Plan("planning.watch_risks", "*/5 * * * *", catch_up="skip"),
    "planning.judge_deviations": Plan("planning.judge_deviations", "25 2 * * *", queue="bulk"),
    "planning.review_replenishment": Plan(
        "planning.review_replenishment", "35 2 * * *", queue="bulk"
    ),
    "planning.care_for_policies": Plan("planning.care_for_policies", "10 3 * * *", queue="bulk"),
    "planning.refresh_alerts": Plan("planning.refresh_alerts", "*/4 * * * *", catch_up="skip"),
    "planning.review_alerts": Plan("planning.review_alerts", "20 3 * * *", queue="bulk"),
    "planning.alert_digest": Plan("planning.alert_digest", "12 * * * *", catch_up="skip"),
    "planning.share_forecasts": Plan("planning.share_forecasts", "30 4 * * 1", queue="bulk"),
    "planning.build_weekly_pack": Plan("planning.build_weekly_pack", "0 4 * * 1"),
    "planning.mail_reports": Plan("planning.mail_reports", "0 5 * * *"),
    "returns.exchange_clock": Plan("returns.exchange_clock", "*/10 * * * *", catch_up="skip"),
    "returns.watch_parcels": Plan("returns.watch_parcels", "37 * * * *", catch_up="skip"),
    "shipping.sweep": Plan("shipping.sweep", "*/5 * * * *", catch_up="skip"),
    "returns.sweep_refunds": Plan("returns.sweep_refunds", "*/5 * * * *", catch_up="skip"),
    "suppliers.answer_clock": Plan("suppliers.answer_clock", "3,18,33,48 * * * *", catch_up="skip"),
    "returns.expire_requests": Plan("returns.expire_requests", "17 * * * *", catch_up="skip"),
    "returns.remind_customers": Plan("returns.remind_customers", "43 * * * *", catch_up="skip"),
    "returns.sweep_drafts": Plan("returns.sweep_drafts", "40 3 * * *", queue="bulk"),
    "returns.match_history": Plan("returns.match_history", "50 0 * * *", queue="bulk"),
    "config.privacy_clock": Plan("config.privacy_clock", "35 2 * * *", queue="bulk"),
    "core.approval_clock": Plan("core.approval_clock", "*/10 * * * *", catch_up="skip"),
    "core.seal_audit": Plan("core.seal_audit", "10 1 * * *"),
    "core.purge": Plan("core.purge", "30 2 * * *", queue="bulk"),
    "core.expire_second_factors": Plan(
        "core.expire_second_factors", "*/10 * * * *", catch_up="skip"
    ),
}

# Kind of document -> how its numbers look.
NUMBERS: dict[str, NumberKind] = {
    "order": NumberKind(""),
    "shipment": NumberKind("S"),
    "parcel": NumberKind("P"),
    "wave": NumberKind("W", first=1_001, block=5),
    "subscription": NumberKind("SUB-", first=1_001, block=5),
    "manifest": NumberKind("M", first=1_001, block=5),
    "customer": NumberKind("C"),
    "carton": NumberKind("K"),
    "sscc": NumberKind("", first=1),
    "cycle_count": NumberKind("CC", first=1_001, block=5),
    "asn": NumberKind("A", first=1_001, block=5),
    "receipt": NumberKind("R", first=1_001, block=5),
    "unidentified": NumberKind("UR-", first=101, block=1),
    "agreement": NumberKind("AG-", first=1_001, block=5),
    "transfer": NumberKind("TR"),
    "work_order": NumberKind("WO"),
    "purchase_order": NumberKind("PO-", first=1_001, block=5),
    "landed_cost": NumberKind("LC-", first=1_001, block=5),
    "claim": NumberKind("CL-", first=1_001, block=5),
    "carrier_claim": NumberKind("KC-", first=1_001, block=5),
    "proposal": NumberKind("RP-"),
    "refund": NumberKind("RF-", first=1_001, block=5),
    "privacy_request": NumberKind("PR-", first=1_001, block=1),
    "return": NumberKind("RMA", first=1_001, block=5),
}

# First part of a mail's attachment key -> `f(key, language) -> core.mail.MailFile`.
MAIL_FILES: dict[str, str] = {
    "purchase_order": "suppliers.services.purchase_document.mail_file",
    "forecast_share": "planning.services.forecast_sharing.mail_file",
    "planning_report": "planning.services.report_mails.mail_file",
}

# Dotted paths of sequences of `core.letters.LetterKind`: the mails to customers, in this order.
LETTERS: tuple[str, ...] = (
    "orders.services.letter_kinds.LETTERS",
    "returns.services.letter_kinds.LETTERS",
)

# `f(template, language) -> core.letters.Worded | None`: the team's own wording of a letter.
LETTER_WORDING = "customers.services.wordings.in_force"

# Kind of document -> how it takes part in approvals.
APPROVALS: dict[str, ApprovalKind] = {
    "purchase_order": ApprovalKind(
        capability="suppliers.approve",
        url_name="approval",
        expired="suppliers.services.purchase_approving.expire",
    ),
    "agreement": ApprovalKind(
        capability="suppliers.approve",
        url_name="approval",
        expired="suppliers.services.agreement_approving.expire",
        rules="purchase_order",
    ),
    "refund": ApprovalKind(
        capability="returns.approve_refunds",
        url_name="refund-approval",
        expired="returns.services.refund_approving.expire",
    ),
}

# Name of a way for money to go back -> gateway class; a payment's method picks it by name.
PAYMENT_GATEWAYS: dict[str, str] = {
    "manual": "returns.gateways.own.ByHand",
    "store_credit": "returns.gateways.own.StoreCredit",
    "test": "returns.gateways.practice.PracticeGateway",
}

# Card service -> class that holds, charges and releases amounts (returns.gateways.cards).
CARD_GATEWAYS: dict[str, str] = {
    "practice": "returns.gateways.cards.PracticeCards",
}

# Carrier kind -> gateway class.
CARRIERS: dict[str, str] = {
    "builtin": "shipping.carriers.builtin.gateway.BuiltinCarrier",
}

# Channel kind -> gateway class.
CHANNELS: dict[str, str] = {}

# What still needs a person's data, and what a copy of it shows.
ERASURE_BLOCKS = wired_privacy.ERASURE_BLOCKS
PERSONAL_COPY = wired_privacy.PERSONAL_COPY
PERSONAL_COPY_WITHOUT = wired_privacy.PERSONAL_COPY_WITHOUT

# Import kind -> class with `fields`, `check`, `apply` and `undo`.
IMPORT_KINDS: dict[str, str] = {
    "orders": "orders.services.importing.OrderImport",
    "products": "inventory.services.importing_products.ProductImport",
    "stock": "inventory.services.importing_stock.StockImport",
    "customers": "customers.services.importing.CustomerImport",
    "rates": "shipping.services.importing_rates.RateImport",
    "exchange_rates": "core.services.importing_exchange_rates.ExchangeRateImport",
    "suppliers": "suppliers.services.importing_suppliers.SupplierImport",
    "supplier_prices": "suppliers.services.importing_suppliers.SupplierPriceImport",
    "arrivals": "suppliers.services.importing_arrivals.ArrivalImport",
    "purchase_orders": "suppliers.services.importing_purchases.PurchaseImport",
    "pick-faces": "inventory.services.importing_faces.FaceImport",
    "visitor_behavior": "planning.services.importing_signals.BehaviorImport",
    "marketing": "planning.services.importing_signals.MarketingImport",
    "search_trends": "planning.services.importing_signals.SearchTrendImport",
    "demand_events": "planning.services.importing_events.EventImport",
}

# Dotted paths of sequences of `core.setting_names.SettingSpec`, shown on the settings page.
SETTINGS: tuple[str, ...] = (
    "core.approvals.settings.SETTINGS",
    "core.setting_defaults.SETTINGS",
    "inventory.domain.defaults.SETTINGS",
    "orders.domain.defaults.SETTINGS",
    "orders.domain.feedback_settings.SETTINGS",
    "fulfillment.domain.defaults.SETTINGS",
    "shipping.domain.defaults.SETTINGS",
    "fulfillment.domain.walk_settings.SETTINGS",
    "suppliers.domain.defaults.SETTINGS",
    "suppliers.domain.cost_settings.SETTINGS",
    "suppliers.domain.answer_settings.SETTINGS",
    "suppliers.domain.purchase_settings.SETTINGS",
    "returns.domain.money_settings.SETTINGS",
    "planning.domain.review_settings.SETTINGS",
    "planning.domain.placement_settings.SETTINGS",
    "planning.domain.risk_settings.SETTINGS",
    "planning.domain.alert_settings.SETTINGS",
    "customers.domain.account_settings.SETTINGS",
    "returns.domain.policy_settings.SETTINGS",
    "returns.domain.claim_settings.SETTINGS",
    "returns.domain.request_settings.SETTINGS",
    "returns.domain.exchange_settings.SETTINGS",
    "returns.domain.floor_settings.SETTINGS",
)

# Rail entry key (core/rail.py) -> `f(principal) -> int | None`, the number beside it.
NAV_COUNTS: dict[str, str] = {
    "orders": "orders.queries.attention_count",
    "approvals": "suppliers.views.approvals.waiting_count",
    "proposals": "planning.views.proposals.now_count",
    "alerts": "planning.queries.alerts.waiting_count",
    "refunds": "returns.queries.refunds.waiting_count",
}

# `f() -> Iterable[str]`: the codes of all active warehouses, for the scope menu of the top bar.
WAREHOUSE_CODES = ""

# `f(principal, text, limit) -> core.searching.Group`: what the palette and the search page ask.
SEARCHERS: tuple[str, ...] = (
    "inventory.searching.search_skus",
    "inventory.searching.search_places",
    "inventory.searching.search_documents",
    "orders.queries.search",
    "suppliers.searching.search_orders",
    "suppliers.searching.search_arrivals",
    "fulfillment.searching.search_rounds",
    "shipping.searching.search_parcels",
    "returns.searching.search_returns",
)

# Start of a path -> `f(principal) -> object | None` and its template: what concerns its pages.
BANNERS: dict[str, tuple[str, str]] = dict.fromkeys(
    ("/planning/", "/purchase-orders/", "/suppliers/", "/approvals/", "/agreements/"),
    ("planning.services.risk_banner.shown", "planning/_mode_banner.html"),
)

# `f(order_key) -> str`: the e-mail address of an order that was found by its phone number.
ORDER_ADDRESS = "orders.services.branding.address_of"

# `f(order_key, *, token, now) -> list[PortalPart]`: what the customer's tracking page shows too.
PORTAL_PARTS: tuple[str, ...] = ("returns.queries.portal.parts_of",)

# Index key -> IndexView class, for exports and saved views (core.tables).
INDEXES: dict[str, str] = {
    "refunds": "returns.views.refunds.RefundIndex",
    "forecasts": "planning.views.forecast_board.ForecastBoard",
    "demand-events": "planning.views.demand_events.DemandEventIndex",
    "customers": "config.views.customers_desk.CustomerIndex",
    "privacy-requests": "config.views.privacy_desk.PrivacyDesk",
    "users": "core.views.users.UserIndex",
    "invitations": "core.views.users.InvitationIndex",
    "api-keys": "core.views.api_keys.KeyIndex",
    "audit": "core.views.audit.AuditIndex",
    "exchange-rates": "core.views.rates.RateIndex",
    "life-rules": "orders.views.life_rules.LifeRuleIndex",
    "jobs": "core.views.jobs.JobIndex",
    "orders": "orders.views.index.OrderIndex",
    "returns": "returns.views.request_index.ReturnIndex",
    "counts": "inventory.views.counts.CountIndex",
    "adjustments": "inventory.views.counts.AdjustmentIndex",
    "shortfalls": "inventory.views.shortfalls.ShortfallIndex",
    "problems": "fulfillment.views.problem_reports.ProblemIndex",
    "subscriptions": "orders.views.subscriptions.SubscriptionIndex",
    "imports": "core.views.imports.ImportIndex",
    "parcels": "shipping.views.parcels.ParcelIndex",
    "suppliers": "suppliers.views.suppliers.SupplierIndex",
    "agreements": "suppliers.views.agreements.AgreementIndex",
    "purchase-orders": "suppliers.views.purchase_index.PurchaseIndex",
    "arrivals": "suppliers.views.arrivals.ArrivalIndex",
    "arrival-differences": "suppliers.views.arrivals.DifferenceIndex",
    "unidentified": "suppliers.views.unidentified.UnidentifiedIndex",
    "landed-costs": "suppliers.views.landed_costs.LandedCostIndex",
    "claims": "suppliers.views.claims.ClaimIndex",
    "carrier-claims": "returns.views.claims.ClaimIndex",
    "delivery-cases": "returns.views.claims.CaseIndex",
    "messages": "config.views.letters.MessageIndex",
    "feedback": "config.views.feedback.FeedbackIndex",
    "invoices": "suppliers.views.invoices.InvoiceIndex",
    "alerts": "planning.views.alerts.AlertIndex",
    "forecast-shares": "planning.views.sharing.ShareIndex",
    "repurchase": "planning.views.repurchase_table.RepurchaseTable",
    "sku-policies": "planning.views.policies.SkuPolicyIndex",
    "campaigns": "fulfillment.views.campaigns.CampaignIndex",
    "gifts": "fulfillment.views.campaigns.GiftIndex",
    "proposals": "planning.views.proposals.ProposalIndex",
    "covers": "planning.views.proposals.CoverIndex",
    "placement": "planning.views.placement.PlacementIndex",
    "transfers": "inventory.views.transfers.TransferIndex",
    "work-orders": "inventory.views.work_orders.WorkOrderIndex",
    "pick-faces": "inventory.views.pick_faces.PickFaceIndex",
    "refills": "inventory.views.pick_faces.RefillIndex",
}
