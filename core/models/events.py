"""The outbox: facts written with the change they report, and who has heard them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.querysets.events import HandledEventQuerySet, OutboxEventQuerySet


class OutboxEvent(models.Model):
    """One fact, written by `core.events.publish` in the transaction that made it true.

    The id is its place in the order of facts. `handed_at` is set when each listener has got its
    `HandledEvent` row; nothing else changes.
    """

    name = models.CharField(max_length=64)
    target = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    request_id = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)

    objects = OutboxEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], condition=Q(handed_at__isnull=True), name="outboxevent_pending"
            ),
            models.Index(fields=["target", "id"], name="outboxevent_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.target}"


class HandledEvent(models.Model):
    """What one listener owes to one fact. `core.events.delivering` writes it.

    A row turns from `waiting` to `handled` in the transaction of the listener's own effects, so
    both happen or neither. `attempts` is committed before each try; `dead` rows wait for a person.
    """

    class State(models.TextChoices):
        """Where the listener stands with the fact."""

        HANDLED = "handled"
        WAITING = "waiting"
        DEAD = "dead"

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="handled")
    handler = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    handled_at = models.DateTimeField(null=True)

    objects = HandledEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="handledevent_once"),
            models.CheckConstraint(
                condition=Q(state__in=["handled", "waiting", "dead"]),
                name="handledevent_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(retry_at__isnull=False),
                name="handledevent_waiting_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="handled") | Q(handled_at__isnull=False),
                name="handledevent_handled_has_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["handler", "event"],
                condition=Q(state="waiting"),
                name="handledevent_waiting",
            ),
            models.Index(fields=["event"], condition=Q(state="dead"), name="handledevent_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"
