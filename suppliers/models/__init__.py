"""Suppliers, arrivals, receipts, unidentified goods."""

from suppliers.models.arrivals import Asn, AsnCarton, AsnLine
from suppliers.models.put_aways import PutAway
from suppliers.models.receipts import Inspection, Receipt, ReceiptLine
from suppliers.models.suppliers import Supplier
from suppliers.models.unidentified import UnidentifiedGoods

__all__ = [
    "Asn",
    "AsnCarton",
    "AsnLine",
    "Inspection",
    "PutAway",
    "Receipt",
    "ReceiptLine",
    "Supplier",
    "UnidentifiedGoods",
]
