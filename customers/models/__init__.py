"""Rows of customers. Import models from here."""

from customers.models.accounts import PortalAccount, PortalSession, SignInLink
from customers.models.feedback import Feedback
from customers.models.notifications import LetterWording, NotificationChoice, NotificationSwitch
from customers.models.people import Customer, CustomerAddress, CustomerExternalId
from customers.models.privacy import PrivacyHold, PrivacyRequest

__all__ = [
    "Customer",
    "CustomerAddress",
    "CustomerExternalId",
    "Feedback",
    "LetterWording",
    "NotificationChoice",
    "NotificationSwitch",
    "PortalAccount",
    "PortalSession",
    "PrivacyHold",
    "PrivacyRequest",
    "SignInLink",
]
