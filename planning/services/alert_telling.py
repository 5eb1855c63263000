"""Tell people about alerts: under the bell at once, by mail once a day, louder when ignored.

Planners and buyers are told of what lies in their warehouses (screens.md 2.7d). A rule's quiet
hours hold both back; suggestions tell nobody. Each alert is told once: `told_at` is set by the
refresh that tells, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext

from core import mail, notices, settings_store
from core.actors import SYSTEM
from core.audit.recording import AuditDraft, record_many
from core.errors import gettext_noop
from core.formats import amount
from core.models import OutboundMail, User
from core.notices import NoticeDraft
from core.permissions import Principal, principal_for_user
from core.services.rates import base_currency
from planning.domain.alert_settings import DIGEST_HOUR, ESCALATE_HOURS
from planning.domain.alert_words import sentence_of
from planning.models import Alert, AlertRule

#: Alerts that one mail spells out; the rest are a number and a link.
MOST_LINES: Final = 10
SEVERAL = gettext_noop("%(count)s new alerts, %(critical)s of them critical.")
ESCALATED = gettext_noop(
    "%(count)s critical alerts wait for %(hours)s hours and nobody took them up."
)
#: Who is told: they plan or buy. Source: screens.md 2.7d.
PLANNER, BUYER = "planning.manage", "suppliers.buy"
SEE_MONEY: Final = "inventory.view_cost"


def words_of(alert: Alert) -> str:
    """Return the alert's sentence in the active language; joins of SKU and warehouse expected."""
    text, data = parts_of(alert)
    return str(gettext(text) % data)


def parts_of(alert: Alert) -> tuple[str, dict[str, str | int]]:
    """Return the alert's English sentence and its data."""
    names = {"sku": alert.sku.code if alert.sku else "", "place": alert.warehouse.code}
    return sentence_of(alert.reason, alert.terms, names)


def is_quiet(rule: AlertRule | None, now: dt.datetime) -> bool:
    """Tell whether `now` lies in a rule's quiet hours, in the rule's own zone."""
    if rule is None or rule.quiet_from is None or rule.quiet_until is None:
        return False
    local = now.astimezone(ZoneInfo(rule.quiet_zone)).time()
    if rule.quiet_from < rule.quiet_until:
        return rule.quiet_from <= local < rule.quiet_until
    return local >= rule.quiet_from or local < rule.quiet_until


def tell(*, now: dt.datetime) -> int:
    """Tell planners and buyers of alerts nobody was told of yet; return how many alerts.

    One notice a person: the sentence itself, or the number where several came at once.
    """
    with transaction.atomic():
        rows = (
            Alert.objects.untold()
            .filter(rule__in_app=True)
            .select_for_update(of=("self",))
            .select_related("rule", "sku", "warehouse")
            .order_by("-severity", "-risk_amount", "pk")
        )
        told = [alert for alert in rows if not is_quiet(alert.rule, now)]
        if not told:
            return 0
        Alert.objects.filter(pk__in=[alert.pk for alert in told]).update(told_at=now)
        for user, principal in _readers(PLANNER, BUYER):
            mine = [alert for alert in told if principal.sees_warehouse(alert.warehouse.code)]
            if mine:
                notices.notify([user.pk], _notice(mine, now))
    return len(told)


def _notice(mine: Sequence[Alert], now: dt.datetime) -> NoticeDraft:
    first = mine[0]
    if len(mine) == 1:
        text, data = parts_of(first)
        url = reverse("alert-card", args=[first.pk])
        return NoticeDraft(
            "alert",
            text,
            now,
            data,
            f"alert:{first.pk}",
            url,
            f"alert:{first.pk}:{now.timestamp():.0f}",
        )
    critical = sum(alert.severity == Alert.Severity.CRITICAL for alert in mine)
    return NoticeDraft(
        kind="alert",
        text=SEVERAL,
        at=now,
        data={"count": len(mine), "critical": critical},
        url=reverse("alert-index"),
        dedupe_key=f"alerts:{now.timestamp():.0f}",
    )


def escalate(*, now: dt.datetime) -> int:
    """Call planners for critical alerts that nobody took up in 48 h [setting]; return how many.

    Each alert once until it gets worse again (ALT-06): a notice and a mail at once, audited.
    """
    hours = cast(int, settings_store.get(ESCALATE_HOURS))
    with transaction.atomic():
        rows = (
            Alert.objects.ignored_since(now - dt.timedelta(hours=hours))
            .select_for_update(of=("self",))
            .select_related("sku", "warehouse")
            .order_by("-risk_amount", "pk")
        )
        waiting = list(rows)
        if not waiting:
            return 0
        Alert.objects.filter(pk__in=[alert.pk for alert in waiting]).update(escalated_at=now)
        record_many(
            [
                AuditDraft(
                    actor=SYSTEM,
                    action="planning.alert_escalated",
                    target=f"alert:{alert.pk}",
                    at=now,
                    after={"hours": hours},
                )
                for alert in waiting
            ]
        )
        for user, principal in _readers(PLANNER):
            mine = [alert for alert in waiting if principal.sees_warehouse(alert.warehouse.code)]
            if mine:
                _call(user, mine, hours, now)
    return len(waiting)


def _call(user: User, mine: Sequence[Alert], hours: int, now: dt.datetime) -> None:
    once = f"alert-escalation:{mine[0].pk}:{now.timestamp():.0f}"
    draft = NoticeDraft(
        kind="alert",
        text=ESCALATED,
        at=now,
        data={"count": len(mine), "hours": hours},
        url=reverse("alert-index"),
        dedupe_key=once,
    )
    notices.notify([user.pk], draft)
    if user.email:
        _mail(user, mine, "planning/alert_escalation", f"{once}:{user.pk}", hours=hours)


def send_digests(*, now: dt.datetime) -> int:
    """Plan the daily mail of each planner and buyer whose morning has come; return how many.

    Once per person and local day, with what a person should act on; nothing to say, no mail.
    """
    hour = cast(int, settings_store.get(DIGEST_HOUR))
    sent = 0
    for user, principal in _readers(PLANNER, BUYER):
        local = now.astimezone(ZoneInfo(user.time_zone))
        once = f"alert-digest:{user.pk}:{local:%Y-%m-%d}"
        if not user.email or local.hour < hour:
            continue
        if OutboundMail.objects.filter(dedupe_key=once).exists():
            continue
        rows = Alert.objects.visible_to(principal).to_act().filter(rule__by_mail=True)
        rows = rows.select_related("rule", "sku", "warehouse")
        mine = [
            alert
            for alert in rows.order_by("-severity", "-risk_amount", "pk")
            if not is_quiet(alert.rule, now)
        ]
        if mine:
            _mail(user, mine, "planning/alert_digest", once)
            sent += 1
    return sent


def _mail(user: User, mine: Sequence[Alert], template: str, once: str, *, hours: int = 0) -> None:
    currency = base_currency() if principal_for_user(user).may(SEE_MONEY) else ""
    with translation.override(user.language):
        lines = "\n".join(_line(alert, currency) for alert in mine[:MOST_LINES])
        rest = len(mine) - MOST_LINES
        more = ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": rest} if rest > 0 else ""
    mail.queue(
        to=user.email,
        template=template,
        language=user.language,
        context={
            "name": str(user),
            "count": len(mine),
            "critical": sum(alert.severity == Alert.Severity.CRITICAL for alert in mine),
            "hours": hours,
            "lines": lines,
            "more": more,
            "path": reverse("alert-index"),
        },
        target=f"user:{user.pk}",
        dedupe_key=once,
    )


def _line(alert: Alert, currency: str) -> str:
    line = f"{alert.get_severity_display()}: {words_of(alert)}"
    if not alert.risk_amount or not currency:
        return f"- {line}"
    return f"- {line} ({currency} {amount(alert.risk_amount, currency)})"


def _readers(*capabilities: str) -> Iterable[tuple[User, Principal]]:
    """Yield each active person with one of the capabilities who may see alerts, and their reach."""
    people: dict[int, User] = {}
    for capability in capabilities:
        for user in User.objects.holding(capability).order_by("pk"):
            people[user.pk] = user
    for pk in sorted(people):
        principal = principal_for_user(people[pk])
        if principal.may("planning.view"):
            yield people[pk], principal
