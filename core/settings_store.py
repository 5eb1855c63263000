"""Settings: declared in code with a typed default, changed by a row.

Reads are cached in the process for five seconds; the process that changes a value sees the new
one at once.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from core import audit
from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from core.models.settings import Setting
from core.setting_names import SettingSpec, SettingValue, dump, parse
from core.wiring import resolve, wired

CACHE_SECONDS = 5.0


class UnknownSetting(LookupError):
    """No declaration in `config/wiring.py:SETTINGS` has this name."""


class SettingRefused(InputRefused):
    """The value does not fit the setting; `name` and `why` say which and how."""

    code = "SETTING_REFUSED"
    text = gettext_noop("%(name)s: %(why)s. Enter another value.")


@dataclass(frozen=True, slots=True)
class SettingView:
    """One line of the settings page: `is_default` says where the value comes from."""

    spec: SettingSpec
    value: SettingValue
    is_default: bool
    changed_at: dt.datetime | None = None
    changed_by_key: str = ""


@dataclass(slots=True)
class _Cache:
    read_at: float = float("-inf")
    rows: dict[str, str] = field(default_factory=dict)
    specs: dict[str, SettingSpec] = field(default_factory=dict)


_cache = _Cache()


def specs() -> dict[str, SettingSpec]:
    """Return every declaration by name, sorted."""
    if not _cache.specs:
        declared: list[SettingSpec] = []
        for path in wired("SETTINGS"):
            found: Iterable[SettingSpec] = resolve(path)
            declared += found
        _cache.specs = {spec.name: spec for spec in sorted(declared, key=lambda one: one.name)}
    return _cache.specs


def spec_of(name: str) -> SettingSpec:
    """Return the declaration of a setting.

    Raises:
        UnknownSetting: nothing declares the name.
    """
    found = specs().get(name)
    if found is None:
        raise UnknownSetting(name)
    return found


def get(name: str) -> SettingValue:
    """Return the value in force, of the type of its default.

    A stored text that its declaration no longer accepts counts as not set.

    Raises:
        UnknownSetting: nothing declares the name.
    """
    spec = spec_of(name)
    if time.monotonic() - _cache.read_at > CACHE_SECONDS:
        _cache.rows = dict(Setting.objects.values_list("name", "value"))
        _cache.read_at = time.monotonic()
    raw = _cache.rows.get(name)
    if raw is None:
        return spec.default
    try:
        return parse(spec, raw)
    except ValueError:
        return spec.default


@transaction.atomic
def put(name: str, raw: str, *, actor: Actor, at: dt.datetime) -> SettingValue:
    """Set a value from its text, with an audit entry; return the typed value.

    Raises:
        UnknownSetting: nothing declares the name.
        SettingRefused: the declaration refuses the text.
    """
    spec = spec_of(name)
    try:
        value = parse(spec, raw)
    except ValueError as error:
        raise SettingRefused(name=name, why=str(error)) from error
    before = dump(get(name))
    Setting.objects.update_or_create(
        name=name,
        defaults={"value": dump(value), "changed_at": at, "changed_by_key": actor.key},
    )
    _changed(name, before, dump(value), actor, at)
    return value


@transaction.atomic
def reset(name: str, *, actor: Actor, at: dt.datetime) -> None:
    """Return a setting to its default, with an audit entry. Repeatable.

    Raises:
        UnknownSetting: nothing declares the name.
    """
    spec, before = spec_of(name), dump(get(name))
    deleted, _ = Setting.objects.filter(name=name).delete()
    if deleted:
        _changed(name, before, dump(spec.default), actor, at)


def _changed(name: str, before: str, after: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action="core.setting_changed",
        target=f"setting:{name}",
        before={"value": before},
        after={"value": after},
        at=at,
    )
    forget()
    transaction.on_commit(forget)


def forget() -> None:
    """Read rows and declarations afresh at the next use."""
    _cache.read_at = float("-inf")
    _cache.specs = {}


def overview() -> list[SettingView]:
    """Return every setting with value and source, by name."""
    forget()
    rows = {row.name: row for row in Setting.objects.order_by("name")}
    views = []
    for name, spec in specs().items():
        row = rows.get(name)
        views.append(
            SettingView(
                spec=spec,
                value=get(name),
                is_default=row is None,
                changed_at=row.changed_at if row else None,
                changed_by_key=row.changed_by_key if row else "",
            )
        )
    return views
