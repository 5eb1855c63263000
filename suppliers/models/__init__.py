"""Suppliers, arrivals, receipts, unidentified goods."""

from suppliers.models.agreements import Agreement, AgreementLine, CallOff
from suppliers.models.arrivals import Asn, AsnCarton, AsnLine
from suppliers.models.purchase_orders import PurchaseLine, PurchaseOrder, PurchaseRevision
from suppliers.models.put_aways import PutAway
from suppliers.models.receipts import Inspection, Receipt, ReceiptLine
from suppliers.models.suppliers import Supplier
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
    "Asn",
    "AsnCarton",
    "AsnLine",
    "CallOff",
    "Inspection",
    "ListPrice",
    "PurchaseLine",
    "PurchaseOrder",
    "PurchaseRevision",
    "PutAway",
    "Receipt",
    "ReceiptLine",
    "Supplier",
    "SupplierContact",
    "SupplierDocument",
    "SupplierLeadTime",
    "SupplierSku",
    "UnidentifiedGoods",
]
