"""Saved views: named states of index pages, private or shared, pinned or not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from core.actors import Actor
from core.errors import InputRefused, NotFound, gettext_noop
from core.models.shell import SavedView

MOST_VIEWS = 50


class TooManyViews(InputRefused):
    """One person keeps at most fifty views of one page."""

    code = "TOO_MANY_VIEWS"
    text = gettext_noop("You keep 50 views of this page already. Remove one first.")


class NoSuchView(NotFound):
    """The view does not exist, or belongs to somebody else."""

    code = "NO_SUCH_VIEW"
    text = gettext_noop("This view no longer exists, or it belongs to somebody else.")


@dataclass(frozen=True)
class ViewDraft:
    """What a person wants to keep: the page's key, a name, the canonical query, who sees it."""

    screen: str
    name: str
    query: str
    is_shared: bool = False
    is_pinned: bool = False


def views_for(user_id: int, screen: str) -> QuerySet[SavedView]:
    """Return the views of a page that a person sees: own ones and shared ones, by name."""
    seen = Q(owner_id=user_id) | Q(is_shared=True)
    return SavedView.objects.filter(seen, screen=screen).order_by("name", "pk")


def pinned_for(user_id: int) -> QuerySet[SavedView]:
    """Return the views that stand in the person's rail, by page and name."""
    seen = Q(owner_id=user_id) | Q(is_shared=True)
    return SavedView.objects.filter(seen, is_pinned=True).order_by("screen", "name", "pk")


@transaction.atomic
def save(draft: ViewDraft, *, actor: Actor, at: dt.datetime) -> SavedView:
    """Keep a view; the same person, page and name is the same view, replaced. Repeatable.

    Raises:
        TooManyViews: the person keeps fifty views of this page.
    """
    mine = SavedView.objects.filter(owner_id=actor.id, screen=draft.screen)
    if mine.exclude(name=draft.name).count() >= MOST_VIEWS:
        raise TooManyViews
    fields = {
        "query": draft.query,
        "is_shared": draft.is_shared,
        "is_pinned": draft.is_pinned,
    }
    view, created = SavedView.objects.update_or_create(
        owner_id=actor.id,
        screen=draft.screen,
        name=draft.name,
        defaults=fields,
        create_defaults={**fields, "created_at": at},
    )
    audit.record(
        actor=actor,
        action="core.view_saved" if created else "core.view_changed",
        target=f"saved_view:{view.pk}",
        after={"screen": draft.screen, "name": draft.name, **fields},
        at=at,
    )
    return view


@transaction.atomic
def remove(view_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Remove a view of one's own.

    Raises:
        NoSuchView: it does not exist or belongs to somebody else.
    """
    view = SavedView.objects.filter(pk=view_id, owner_id=actor.id).first()
    if view is None:
        raise NoSuchView
    before = {"screen": view.screen, "name": view.name, "query": view.query}
    view.delete()
    audit.record(
        actor=actor,
        action="core.view_removed",
        target=f"saved_view:{view_id}",
        before=before,
        at=at,
    )
