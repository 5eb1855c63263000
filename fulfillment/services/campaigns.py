"""Insert campaigns: set up, started, paused and ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from fulfillment.domain.insert_states import CAMPAIGN
from fulfillment.models import InsertCampaign


class CampaignRefused(InputRefused):
    """A campaign's days or code can't be stored."""

    code = "CAMPAIGN_REFUSED"
    text = gettext_noop("%(what)s. Correct it and save again.")


class CampaignFixed(StateConflict):
    """Kind, code and control group stand once the campaign has run, else arms would mix."""

    code = "CAMPAIGN_FIXED"
    text = gettext_noop(
        "Campaign %(campaign)s has run: its control group can't change. Start a new campaign."
    )


class CampaignMoveRefused(StateConflict):
    """The campaign stands where this step does not lead from."""

    code = "CAMPAIGN_MOVE_REFUSED"
    text = gettext_noop("Campaign %(campaign)s is %(state)s. Reload the page and look again.")


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """A campaign as people type it. `control_percent` 0 to 50; days are local to a warehouse."""

    code: str
    name: str
    kind: str
    valid_from_on: dt.date
    valid_until_on: dt.date
    name_zh: str = ""
    brand: str = ""
    language: str = ""
    control_percent: int = 0
    goal_days: int = 90


@transaction.atomic
def save_campaign(draft: CampaignDraft, *, actor: Actor, at: dt.datetime) -> InsertCampaign:
    """Create a campaign, or change the one of this code. Locks the row.

    Raises:
        CampaignRefused: the last day is before the first, or the control group is out of range.
        CampaignFixed: the control group of a campaign that has run would change.
    """
    if draft.valid_until_on < draft.valid_from_on:
        raise CampaignRefused(what=gettext_noop("The last day is before the first"))
    if not 0 <= draft.control_percent <= 50:
        raise CampaignRefused(what=gettext_noop("The control group is 0 to 50 %"))
    row = InsertCampaign.objects.select_for_update().filter(code=draft.code).first()
    if row is None:
        row = InsertCampaign(created_at=at, created_by=actor.key)
    elif row.state != "draft" and row.control_percent != draft.control_percent:
        raise CampaignFixed(campaign=row.code)
    fields = asdict(draft)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record(
        actor=actor,
        action="fulfillment.campaign_saved",
        target=f"insert_campaign:{row.pk}",
        after={name: str(value) for name, value in fields.items()},
        at=at,
    )
    return row


@transaction.atomic
def move(campaign_id: int, state: str, *, actor: Actor, at: dt.datetime) -> InsertCampaign:
    """Start, pause, go on with or end a campaign.

    Raises:
        CampaignMoveRefused: its state does not lead there.
    """
    origins = [name for name, targets in CAMPAIGN.items() if state in targets]
    changed = InsertCampaign.objects.filter(pk=campaign_id, state__in=origins).update(state=state)
    row = InsertCampaign.objects.get(pk=campaign_id)
    if not changed:
        raise CampaignMoveRefused(campaign=row.code, state=row.state)
    audit.record(
        actor=actor,
        action=f"fulfillment.campaign_{state}",
        target=f"insert_campaign:{row.pk}",
        after={"state": state},
        at=at,
    )
    return row
