"""Rows of customers. Import models from here."""

from customers.models.people import Customer, CustomerAddress, CustomerExternalId

__all__ = ["Customer", "CustomerAddress", "CustomerExternalId"]
