"""What a customer's account may see: the orders and customers that carry its address."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.jobs import JobRun
from customers.domain.drafts import normal_email
from customers.models import Customer, CustomerAddress, PortalAccount, SignInLink
from customers.services import accounts
from orders.models import Order


def send_sign_in_link(job: JobRun, *, link_id: int, **_newer: object) -> dict[str, str]:
    """Mail one asked-for link if an order or a customer carries its address. Repeatable."""
    row = SignInLink.objects.get(pk=link_id)
    return {"state": accounts.send_link(link_id, is_known=is_known(row.email), at=job.now)}


def is_known(email: str) -> bool:
    """Say whether any order or customer carries this address."""
    plain = normal_email(email)
    if not plain:
        return False
    return (
        Customer.objects.current().filter(email_norm=plain).exists()
        or Order.objects.filter(email__iexact=plain).exists()
    )


def customers_of(account: PortalAccount) -> QuerySet[Customer]:
    """Return the customers that carry the account's proven address."""
    return Customer.objects.current().filter(email_norm=account.email_norm)


def orders_of(account: PortalAccount) -> QuerySet[Order]:
    """Return the orders that carry the account's proven address, or whose customer does."""
    return Order.objects.filter(
        Q(email__iexact=account.email_norm) | Q(customer__in=customers_of(account).values("pk"))
    )


def addresses_of(account: PortalAccount) -> QuerySet[CustomerAddress]:
    """Return the addresses kept for the account's customers, default first."""
    own = customers_of(account).values("pk")
    return CustomerAddress.objects.filter(customer__in=own).order_by("-is_default", "pk")
