"""Rows of customers. Import models from here."""

from customers.models.feedback import Feedback
from customers.models.notifications import LetterWording, NotificationChoice, NotificationSwitch
from customers.models.people import Customer, CustomerAddress, CustomerExternalId

__all__ = [
    "Customer",
    "CustomerAddress",
    "CustomerExternalId",
    "Feedback",
    "LetterWording",
    "NotificationChoice",
    "NotificationSwitch",
]
