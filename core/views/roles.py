"""A3: roles in words, what a copy changes, and “can this person do that?”."""

from __future__ import annotations

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from core import clock
from core.capabilities import AREAS, BUILTIN_ROLES, CAPABILITIES
from core.errors import DomainError
from core.forms.people import MayForm, RoleCopyForm, RoleForm, role_text
from core.models.people import Role, User
from core.permissions import RequireCapability, principal_for_user
from core.reauth import RecentSignIn
from core.services import roles
from core.services.roles import RoleDraft
from core.views.acts import Act
from core.views.notes import leave_note


def described(role) -> str:
    known = BUILTIN_ROLES.get(role.code)
    return str(known.text) if known else role.description


def by_area(held: frozenset[str]) -> list[tuple[str, list]]:
    """Return every capability in words, by area, with whether it is held."""
    grouped: dict[str, list] = {}
    for entry in CAPABILITIES.values():
        grouped.setdefault(str(AREAS[entry.area]), []).append((entry, entry.code in held))
    return list(grouped.items())


def capabilities_of(role) -> frozenset[str]:
    return frozenset(grant.capability for grant in role.grants.all())


class RoleIndex(RequireCapability, View):
    """Every role against every capability, in words."""

    capability = "users.view"

    def get(self, request):
        rows = (
            Role.objects.visible_to(self.principal)
            .current()
            .annotate(holders=Count("user_grants", filter=Q(user_grants__user__is_active=True)))
            .prefetch_related("grants")
            .order_by("-is_builtin", "pk")
        )
        shown = [(role, role_text(role), described(role), capabilities_of(role)) for role in rows]
        table = [
            (
                area,
                [
                    (entry, [(text, entry.code in held) for _role, text, _words, held in shown])
                    for entry, _held in entries
                ],
            )
            for area, entries in by_area(frozenset())
        ]
        context = {
            "roles": [
                {"role": role, "text": text, "words": words, "dangers": roles.dangers(held)}
                for role, text, words, held in shown
            ],
            "table": table,
            "may_form": MayForm(),
            "may_manage": self.principal.may("users.manage"),
        }
        return render(request, "core/roles.html", context)


class MayCheck(RequireCapability, View):
    """Say whether a person may do something, where, and why."""

    capability = "users.view"

    def get(self, request):
        form = MayForm(request.GET)
        context = {"form": form}
        if form.is_valid():
            context["answer"] = self._answer(form)
        return render(request, "core/role_check.html", context)

    def _answer(self, form):
        name = form.cleaned_data["user"]
        person = User.objects.visible_to(self.principal).filter(username__iexact=name).first()
        if person is None:
            form.add_error("user", _("Nobody has the user name “%(name)s”.") % {"name": name})
            return None
        principal = principal_for_user(person)
        code, place = form.cleaned_data["capability"], form.cleaned_data["warehouse"].strip()
        holds = principal.may(code)
        grants = person.role_grants.filter(role__archived=False, role__grants__capability=code)
        through = [role_text(grant.role) for grant in grants.select_related("role").order_by("pk")]
        return {
            "person": person,
            "may": holds and (not place or principal.sees_warehouse(place)),
            "holds": holds,
            "through": ", ".join(through),
            "place": place,
            "sees": not place or principal.sees_warehouse(place),
            "right": CAPABILITIES[code].text,
            "suspended": not person.is_active,
        }


class RolePage(RequireCapability, View):
    """One role: its capabilities, what it changed against its source, who holds it."""

    capability = "users.view"

    def get(self, request, pk):
        role = get_object_or_404(Role.objects.visible_to(self.principal), pk=pk)
        held = capabilities_of(role)
        change = roles.difference(role)
        context = {
            "role": role,
            "name": role_text(role),
            "words": described(role),
            "areas": by_area(held),
            "dangers": roles.dangers(held),
            "source": role_text(role.based_on) if role.based_on else "",
            "added": [CAPABILITIES[code] for code in change.added] if change else [],
            "removed": [CAPABILITIES[code] for code in change.removed] if change else [],
            "holders": User.objects.filter(role_grants__role=role, is_active=True).order_by("pk"),
            "may_manage": self.principal.may("users.manage"),
        }
        return render(request, "core/role.html", context)


class _RoleForm(RequireCapability, RecentSignIn, View):
    capability = "users.manage"
    form_class = RoleForm
    title = _("Edit role")
    submit_text = _("Save role")

    def get(self, request, pk):
        role = get_object_or_404(Role.objects.visible_to(self.principal), pk=pk)
        form = self.form_class(initial=self.initial(role))
        return self._page(request, role, form, capabilities_of(role))

    def post(self, request, pk):
        role = get_object_or_404(Role.objects.visible_to(self.principal), pk=pk)
        form = self.form_class(request.POST)
        wanted = frozenset(request.POST.getlist("capability")) & frozenset(CAPABILITIES)
        if not form.is_valid():
            return self._page(request, role, form, wanted, 422)
        try:
            saved = self.save(role, form.cleaned_data, wanted)
        except DomainError as error:
            form.refuse(error)
            return self._page(request, role, form, wanted, 409 if error.status == 409 else 422)
        leave_note(request, str(_("Role saved.")))
        return redirect("role", saved.pk)

    def initial(self, role):
        return {"name": role.name, "description": role.description}

    def save(self, role, chosen, wanted):
        draft = RoleDraft(role.code, chosen["name"], chosen["description"], wanted)
        return roles.edit_role(role.pk, draft, actor=self.principal.actor, at=clock.now())

    def _page(self, request, role, form, held, status=200):
        context = {
            "role": role,
            "name": role_text(role),
            "form": form,
            "areas": by_area(held),
            "dangers": roles.dangers(held),
            "title": self.title,
            "submit_text": self.submit_text,
        }
        return render(request, "core/role_form.html", context, status=status)


class EditRole(_RoleForm):
    """Change a role of the company."""


class CopyRole(_RoleForm):
    """Make a role of the company from another one."""

    form_class = RoleCopyForm
    title = _("Copy role")
    submit_text = _("Create role")

    def initial(self, role):
        name = _("%(role)s, our own") % {"role": role_text(role)}
        return {"name": name, "description": described(role), "code": f"{role.code}_own"}

    def save(self, role, chosen, wanted):
        draft = RoleDraft(chosen["code"], chosen["name"], chosen["description"], wanted)
        return roles.copy_role(role, draft, actor=self.principal.actor, at=clock.now())


class ArchiveRole(RecentSignIn, Act, View):
    """Take a role of the company out of use."""

    capability = "users.manage"
    title = _("Archive this role?")
    submit_text = _("Archive role")
    danger = True
    note = _("Role archived.")

    def rows(self):
        return Role.objects.visible_to(self.principal)

    def text(self, found):
        return _("It can't be given any more. Nothing else changes.")

    def do(self, found, form):
        roles.archive_role(found.pk, actor=self.principal.actor, at=self.now)

    def done_url(self, found):
        return reverse("roles-index")
