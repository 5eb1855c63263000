"""Suppliers, agreements, purchase orders, receipts."""
