from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.lots import Lot
from inventory.querysets.stock_care import LotExtensionQuerySet


class LotExtension(models.Model):
    """A later last day for a lot, with its document, that a second person must approve.

    Written by `inventory.services.lot_extensions`; what was asked never changes, only its state.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to approve")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    class Reason(models.TextChoices):
        MAKER_CONFIRMED = "MAKER_CONFIRMED", _("The maker confirmed a later date")
        LAB_TESTED = "LAB_TESTED", _("A laboratory tested the lot")
        LABEL_WRONG = "LABEL_WRONG", _("The date was recorded wrongly")

    lot = models.ForeignKey(
        Lot, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("lot")
    )
    from_on = models.DateField(_("expires on"))
    to_on = models.DateField(_("new last day"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    document = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.CharField(_("requested by"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=64, blank=True, default="")

    objects = LotExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("expiry extension")
        verbose_name_plural = _("expiry extensions")
        constraints = [
            models.UniqueConstraint(
                fields=["lot"],
                condition=Q(state="waiting"),
                name="lotextension_one_waits_per_lot",
            ),
            models.CheckConstraint(
                condition=Q(to_on__gt=F("from_on")), name="lotextension_is_later"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=("MAKER_CONFIRMED", "LAB_TESTED", "LABEL_WRONG")),
                name="lotextension_reason_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by="")
                | (
                    Q(state__in=("approved", "refused"), decided_at__isnull=False)
                    & ~Q(decided_by="")
                ),
                name="lotextension_decided_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("requested_by")), name="lotextension_two_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.to_on}"
