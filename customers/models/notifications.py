"""What customers want to be told by mail, which channels tell it, and in whose words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.domain.topics import CODES
from customers.querysets.letters import LetterWordingQuerySet, NotificationChoiceQuerySet


class NotificationChoice(models.Model):
    """What the reader of one address chose about one topic of mails; no row is a yes.

    The address is kept as a keyed hash only: the choice outlives the erasure of its owner, who
    must not be written to again. `customers.services.notifications` writes it.
    """

    class Source(models.TextChoices):
        """Where the reader chose."""

        MAIL = "mail", _("link in a mail")
        ACCOUNT = "account", _("customer account")
        STAFF = "staff", _("team")

    address_hash = models.CharField(max_length=64)
    topic = models.CharField(_("topic"), max_length=16)
    is_on = models.BooleanField(_("wanted"))
    source = models.CharField(_("chosen by"), max_length=8, choices=Source)
    changed_at = models.DateTimeField(_("chosen"))

    objects = NotificationChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice about mails")
        verbose_name_plural = _("choices about mails")
        constraints = [
            models.UniqueConstraint(
                fields=["address_hash", "topic"], name="notificationchoice_once_per_topic"
            ),
            models.CheckConstraint(
                condition=Q(topic__in=CODES), name="notificationchoice_topic_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.is_on}"


class NotificationSwitch(models.Model):
    """Whether one channel sends the mails of one topic; without a row its kind decides.

    A marketplace often writes to its customers itself. `customers.services.notifications` writes
    it.
    """

    channel_code = models.CharField(_("channel"), max_length=40)
    topic = models.CharField(_("topic"), max_length=16)
    is_on = models.BooleanField(_("sent"))
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("mails of a channel")
        verbose_name_plural = _("mails of channels")
        constraints = [
            models.UniqueConstraint(
                fields=["channel_code", "topic"], name="notificationswitch_once_per_topic"
            ),
            models.CheckConstraint(
                condition=Q(topic__in=CODES), name="notificationswitch_topic_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel_code} {self.topic} {self.is_on}"


class LetterWording(models.Model):
    """One version of the team's own words for one letter in one language; never changed.

    The highest version is in force. An empty one goes back to the built-in text.
    `customers.services.wordings` adds versions.
    """

    template = models.CharField(max_length=100)
    language = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    body = models.TextField(_("text"), blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    objects = LetterWordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording of a letter")
        verbose_name_plural = _("wordings of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "version"], name="letterwording_version_once"
            ),
            models.CheckConstraint(
                condition=Q(subject="", body="") | (~Q(subject="") & ~Q(body="")),
                name="letterwording_whole_or_built_in",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="letterwording_version_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.language} {self.version}"

    @property
    def is_built_in(self) -> bool:
        """Whether this version goes back to the built-in text."""
        return not self.body
