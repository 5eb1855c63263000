"""Context processor `shell`: what every page of the back office shows around its content.

Everything is lazy: a fragment that shows no rail asks the database nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.utils import translation
from django.utils.functional import Promise

from core import navigation, rail, view_as
from core.models.jobs import Job
from core.models.shell import Notice
from core.permissions import Principal, principal_of
from core.services import saved_views
from core.view_as import Viewing
from core.wiring import resolve, wired

if TYPE_CHECKING:
    from django.http import HttpRequest

THEMES = ("light", "dark", "system")
DENSITIES = ("comfortable", "compact")
UNFINISHED = ("queued", "running", "failed_retry")


@dataclass
class RailSection:
    """A heading of the rail and the links below it; the first one has no heading."""

    text: str | Promise
    links: list[navigation.Link]


class Shell:
    """The frame of one page for one request. Templates read its attributes."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def principal(self) -> Principal:
        """Return who is asking."""
        return principal_of(self._request)

    @property
    def viewing(self) -> Viewing | None:
        """Return as whom the person looks, when it is not as oneself."""
        return view_as.current(self._request)

    @cached_property
    def banner(self) -> object | None:
        """Return what concerns every page under this path now, for its template in the wiring."""
        for prefix, (dotted, template) in wired("BANNERS").items():
            if self._request.path.startswith(prefix):
                found = resolve(dotted)(self.principal)
                return {"said": found, "template": template} if found else None
        return None

    @cached_property
    def sections(self) -> list[RailSection]:
        """Return the rail: headings with the links below them, empty headings left out."""
        found = [
            RailSection(
                section.text,
                navigation.links(section.entries, self.principal, self._request.path),
            )
            for section in rail.SECTIONS
        ]
        for section in found:
            for link in section.links:
                link.children += self._pinned(link)
        return [section for section in found if section.links]

    def _pinned(self, link: navigation.Link) -> list[navigation.Link]:
        """Return the pinned views of the page that is open."""
        if not link.is_open or self.principal.actor.id is None:
            return []
        here = self._request.GET.get("view", "")
        return [
            navigation.Link(
                key=f"view-{view.pk}",
                text=view.name,
                glyph="pin",
                url=f"{link.url}?{view.query}&view={view.pk}",
                is_current=here == str(view.pk),
            )
            for view in saved_views.pinned_for(self.principal.actor.id)
            if view.screen == link.key
        ]

    @cached_property
    def foot(self) -> list[navigation.Link]:
        """Return the links at the foot of the rail."""
        return navigation.links(rail.FOOT, self.principal, self._request.path)

    @cached_property
    def company(self) -> str:
        """Return the name of the company that runs this installation."""
        return str(getattr(settings, "COMPANY_NAME", ""))

    @cached_property
    def role_text(self) -> str:
        """Return the roles of the person as words, for the foot of the rail."""
        return ", ".join(sorted(role.replace("_", " ") for role in self.principal.roles))

    @cached_property
    def theme(self) -> str:
        """Return the chosen theme: light, dark or system."""
        return self._choice("theme", THEMES, "system")

    @property
    def painted_theme(self) -> str:
        """Return the theme the server paints; `system` starts light and the script corrects it."""
        return "dark" if self.theme == "dark" else "light"

    @cached_property
    def density(self) -> str:
        """Return the chosen row height of tables."""
        return self._choice("density", DENSITIES, "comfortable")

    @cached_property
    def shortcuts_off(self) -> bool:
        """Say whether the person switched single-key shortcuts off."""
        profile = getattr(getattr(self._request, "user", None), "single_key_shortcuts", True)
        return not profile

    def _choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """Read a preference: the cookie of this browser, then the profile, then the default."""
        profile = getattr(getattr(self._request, "user", None), name, "")
        for value in (self._request.COOKIES.get(f"q_{name}", ""), str(profile)):
            if value in allowed:
                return value
        return default

    @cached_property
    def languages(self) -> list[dict[str, Any]]:
        """Return the languages with their own names, the active one marked."""
        active = translation.get_language()
        names = {"en": ("English", "EN"), "zh-hans": ("简体中文", "中文")}
        return [
            {
                "code": code,
                "name": names.get(code, (name, code))[0],
                "short": names.get(code, (name, code))[1],
                "is_active": code == active,
            }
            for code, name in settings.LANGUAGES
        ]

    @property
    def language_short(self) -> str:
        """Return the short name of the active language."""
        return next((row["short"] for row in self.languages if row["is_active"]), "EN")

    @cached_property
    def warehouses(self) -> dict[str, Any]:
        """Return the warehouse scope: codes in reach, the chosen one, and its text."""
        codes = self.principal.warehouse_codes
        chosen = self._request.COOKIES.get("q_warehouse", "")
        listed = sorted(codes) if codes is not None else self._all_warehouses()
        return {"codes": listed, "chosen": chosen if chosen in listed else ""}

    def _all_warehouses(self) -> list[str]:
        """Ask the wiring for the codes of all warehouses; core knows none."""
        dotted = wired("WAREHOUSE_CODES")
        return list(resolve(dotted)()) if dotted else []

    @cached_property
    def running_jobs(self) -> list[Job]:
        """Return the newest unfinished jobs of this person, at most three."""
        if self.principal.is_anonymous:
            return []
        mine = Job.objects.filter(started_by=self.principal.actor.key, status__in=UNFINISHED)
        return list(mine.order_by("-pk")[:3])

    @cached_property
    def unread_notices(self) -> int:
        """Return how many notices this person has not read, at most 99."""
        if self.principal.actor.kind != "user" or self.principal.actor.id is None:
            return 0
        unread = Notice.objects.filter(user_id=self.principal.actor.id, read_at=None)
        return len(unread.order_by("pk").values_list("pk", flat=True)[:99])

    @cached_property
    def urls(self) -> dict[str, str]:
        """Return the paths of the shared places, empty where one does not exist."""
        wanted = {
            "palette": ("palette",),
            "search": ("search", "search-results"),
            "jobs": ("jobs-index", "jobs"),
            "jobs_tray": ("jobs-tray",),
            "notices": ("notices-index", "notices", "notifications"),
            "profile": ("profile",),
            "help": ("help", "help-drawer"),
            "sign_out": ("account_logout", "sign-out"),
            "set_language": ("set_language", "set-language"),
            "home": ("home",),
            "preferences": ("preferences",),
        }
        return {key: navigation.target(names) for key, names in wanted.items()}

    @property
    def headers(self) -> str:
        """Return the static header JSON of htmx requests: the CSRF token."""
        return f'{{"X-CSRFToken": "{get_token(self._request)}"}}'


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell`, the frame of the page."""
    return {"shell": Shell(request)}
