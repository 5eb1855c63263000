"""Suppliers, arrivals, receipts, unidentified goods."""

from suppliers.models.agreements import Agreement, AgreementLine, CallOff
from suppliers.models.answers import (
    AnswerClock,
    AsnContent,
    ChangeLine,
    ChangeProposal,
    LinkAttempt,
    Milestone,
    SupplierAnswer,
    SupplierLink,
    SupplierMessage,
)
from suppliers.models.arrivals import Asn, AsnCarton, AsnLine
from suppliers.models.claims import ClaimLine, ExcessDecision, SupplierClaim
from suppliers.models.invoices import InvoiceLine, SupplierInvoice
from suppliers.models.landed import LandedCost, LandedCostShare
from suppliers.models.portal_drafts import PortalDraft
from suppliers.models.purchase_orders import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.models.put_aways import PutAway
from suppliers.models.receipts import Inspection, Receipt, ReceiptLine
from suppliers.models.suppliers import Supplier
from suppliers.models.supply_delays import SupplyDelay
from suppliers.models.terms import (
    ListPrice,
    SupplierContact,
    SupplierDocument,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.models.unidentified import UnidentifiedGoods

__all__ = [
    "Agreement",
    "AgreementLine",
    "AnswerClock",
    "Asn",
    "AsnCarton",
    "AsnContent",
    "AsnLine",
    "CallOff",
    "ChangeLine",
    "ChangeProposal",
    "ClaimLine",
    "ExcessDecision",
    "Inspection",
    "InvoiceLine",
    "LandedCost",
    "LandedCostShare",
    "LinkAttempt",
    "ListPrice",
    "Milestone",
    "PortalDraft",
    "PurchaseLine",
    "PurchaseOrder",
    "PurchaseRevision",
    "PutAway",
    "Receipt",
    "ReceiptLine",
    "Supplier",
    "SupplierAnswer",
    "SupplierClaim",
    "SupplierContact",
    "SupplierDocument",
    "SupplierInvoice",
    "SupplierLeadTime",
    "SupplierLink",
    "SupplierMessage",
    "SupplierSku",
    "SupplyDelay",
    "UnidentifiedGoods",
]
