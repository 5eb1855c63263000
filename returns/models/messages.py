"""What customers write about an order, and what is answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.documents import StoredFile
from returns.querysets.messages import MessageThreadQuerySet


class MessageThread(models.Model):
    """One conversation about an order, or about one return of it; `services.messages` writes it.

    `waiting` means that the customer wrote last. A customer's next message opens it again.
    """

    class Topic(models.TextChoices):
        NOT_ARRIVED = "NOT_ARRIVED", _("It has not arrived")
        DAMAGED = "DAMAGED", _("Something is damaged")
        WRONG_ITEM = "WRONG_ITEM", _("Something else was in the parcel")
        MISSING_ITEM = "MISSING_ITEM", _("Something is missing")
        RETURN = "RETURN", _("My return")
        OTHER = "OTHER", _("Something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        "returns.ReturnRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="threads",
    )
    topic = models.CharField(_("topic"), max_length=16, choices=Topic)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    language = models.CharField(max_length=10, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    last_at = models.DateTimeField(_("last message"))

    objects = MessageThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [models.Index(fields=["state", "last_at", "id"], name="thread_by_state")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.topic}"


class CustomerMessage(models.Model):
    """One message of a conversation, of the customer or of the shop; never changed."""

    class Side(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        SHOP = "shop", _("Shop")

    thread = models.ForeignKey(MessageThread, on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(max_length=8, choices=Side)
    body = models.CharField(max_length=2000)
    photo = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="customermessage_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} {self.side}"
