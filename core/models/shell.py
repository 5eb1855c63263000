"""What the frame keeps for people: notices and saved views."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.models.people import User


class Notice(models.Model):
    """One thing a person should know, shown under the bell. `core.notices` writes it.

    `text` is the English sentence with its data in `data`, so it is shown in the reader's language.
    Only `read_at` changes later.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    target = models.CharField(max_length=64, blank=True)
    url = models.CharField(max_length=300, blank=True)
    dedupe_key = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_by_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dedupe_key"],
                condition=~Q(dedupe_key="") & Q(read_at=None),
                name="notice_once_until_read",
            )
        ]

    def __str__(self) -> str:
        return self.text


class SavedView(models.Model):
    """A named state of an index page: its filters, sort and columns as a canonical query.

    `screen` is the index's key. Private ones are the owner's; shared ones are seen by everybody
    who may open the page. Pinned ones stand in the rail. The owner writes it.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    screen = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "screen", "name"], name="savedview_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="savedview_has_a_name"),
        ]
        indexes = [models.Index(fields=["screen", "is_shared"], name="savedview_by_screen")]

    def __str__(self) -> str:
        return self.name
