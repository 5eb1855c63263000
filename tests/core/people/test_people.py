from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from core.actors import SYSTEM, Actor
from core.errors import NotPermitted
from core.models import ApiKey, AuditEntry, User, UserSession
from core.models.people import Invitation, Role
from core.permissions import MissingCapability, principal_for_key, principal_for_user
from core.services import access, api_keys, first_people, people, roles
from core.services.people import (
    AccessDraft,
    AccountDraft,
    InvitationDraft,
)
from core.services.roles import RoleDraft
from tests.factories.core import NOW, PASSWORD, make_key, make_user, sign_in

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def actor_of(user: User) -> Actor:
    return Actor("user", user.pk, str(user))


def browse(user: User) -> Client:
    client = sign_in(Client(), user)
    assert client.get("/me/").status_code == 200
    return client


# --- Invitations ------------------------------------------------------------
def test_an_invited_person_gets_the_access_that_was_promised():
    draft = InvitationDraft(
        "mei@example.com", "Mei", "zh-hans", AccessDraft(("operator",), ("SZX",), ())
    )
    invitation = people.invite(draft, actor=SYSTEM, at=NOW)

    user = people.accept_invitation(
        people.invitation_token(invitation), AccountDraft("mei", "Mei", PASSWORD), at=NOW + HOUR
    )

    principal = principal_for_user(user)
    assert (principal.roles, principal.warehouse_codes) == ({"operator"}, {"SZX"})
    assert principal.channel_codes == frozenset()
    assert (user.language, user.check_password(PASSWORD)) == ("zh-hans", True)


def test_an_invitation_works_once():
    invitation = people.invite(InvitationDraft("a@example.com"), actor=SYSTEM, at=NOW)
    token = people.invitation_token(invitation)
    people.accept_invitation(token, AccountDraft("first", "", PASSWORD), at=NOW)

    with pytest.raises(people.InvitationOver):
        people.accept_invitation(token, AccountDraft("second", "", PASSWORD), at=NOW)

    assert User.objects.filter(username="second").count() == 0


@pytest.mark.parametrize("later", [dt.timedelta(hours=72), dt.timedelta(days=30)])
def test_an_invitation_ends_after_three_days(later):
    invitation = people.invite(InvitationDraft("a@example.com"), actor=SYSTEM, at=NOW)

    with pytest.raises(people.InvitationOver):
        people.read_invitation(people.invitation_token(invitation), at=NOW + later)


def test_a_renewed_or_withdrawn_invitation_ends_the_old_link():
    invitation = people.invite(InvitationDraft("a@example.com"), actor=SYSTEM, at=NOW)
    old = people.invitation_token(invitation)
    fresh = people.renew_invitation(invitation.pk, actor=SYSTEM, at=NOW)
    new = people.invitation_token(fresh)

    with pytest.raises(people.InvitationOver):
        people.read_invitation(old, at=NOW)
    assert people.read_invitation(new, at=NOW) == invitation

    people.withdraw_invitation(invitation.pk, actor=SYSTEM, at=NOW)
    with pytest.raises(people.InvitationOver):
        people.read_invitation(new, at=NOW)


@pytest.mark.parametrize("forged", ["", "1.abc", "1.abc:x", "a.b:c", "%00", "1.abc:" + "A" * 43])
def test_rel_h_08_a_forged_link_is_answered_like_an_old_one(client, forged):
    answer = client.get(f"/accounts/invitation/{forged or 'x'}/")

    assert answer.status_code == 410


def test_nobody_is_invited_twice():
    people.invite(InvitationDraft("a@example.com"), actor=SYSTEM, at=NOW)
    make_user(email="b@example.com")

    with pytest.raises(people.InvitationOpen):
        people.invite(InvitationDraft("A@example.com"), actor=SYSTEM, at=NOW)
    with pytest.raises(people.PersonExists):
        people.invite(InvitationDraft("B@example.com"), actor=SYSTEM, at=NOW)
    with pytest.raises(people.UnknownRole):
        people.invite(
            InvitationDraft("c@example.com", access=AccessDraft(("king",))), actor=SYSTEM, at=NOW
        )
    assert Invitation.objects.count() == 1


# --- Access ------------------------------------------------------------
def test_rel_a_05_a_changed_role_ends_sessions_and_own_keys_at_once():
    admin, desk = make_user("admin"), make_user("order_desk")
    browser, own = browse(desk), make_key({"orders.view"}, owner=desk)
    company = make_key({"orders.view"})

    people.set_access(desk.pk, AccessDraft(("buyer",), ("*",), ()), actor=actor_of(admin), at=NOW)

    assert browser.get("/me/").status_code == 302
    own.key.refresh_from_db()
    company.key.refresh_from_db()
    assert (own.key.revoke_reason, company.key.revoked_at) == ("access_changed", None)
    assert UserSession.objects.filter(user=desk).count() == 0
    entry = AuditEntry.objects.of(f"user:{desk.pk}").first()
    assert (entry.action, entry.before["roles"], entry.after["roles"]) == (
        "users.access_changed",
        ["order_desk"],
        ["buyer"],
    )


def test_unchanged_access_ends_nothing():
    admin, desk = make_user("admin"), make_user("order_desk")
    browser = browse(desk)

    people.set_access(desk.pk, people.access_of(desk), actor=actor_of(admin), at=NOW)

    assert browser.get("/me/").status_code == 200


def test_nobody_changes_own_access():
    admin = make_user("admin")
    make_user("admin")

    for act in (
        lambda: people.set_access(admin.pk, AccessDraft(), actor=actor_of(admin), at=NOW),
        lambda: people.suspend(admin.pk, reason="x", actor=actor_of(admin), at=NOW),
    ):
        with pytest.raises(people.OwnRightsFixed):
            act()


def test_the_last_administrator_can_not_be_removed():
    admin, helper = make_user("admin"), make_user("admin")
    people.suspend(helper.pk, reason="left", actor=actor_of(admin), at=NOW)

    with pytest.raises(access.LastAdministrator):
        people.suspend(admin.pk, reason="oops", actor=SYSTEM, at=NOW)
    with pytest.raises(access.LastAdministrator):
        people.set_access(admin.pk, AccessDraft(("buyer",)), actor=SYSTEM, at=NOW)

    admin.refresh_from_db()
    assert (admin.is_active, principal_for_user(admin).roles) == (True, {"admin"})


def test_a_suspended_person_is_out_at_once_and_comes_back_with_the_same_access():
    admin, desk = make_user("admin"), make_user("order_desk")
    browser = browse(desk)

    people.suspend(desk.pk, reason="lost badge", actor=actor_of(admin), at=NOW)

    desk.refresh_from_db()
    assert browser.get("/me/").status_code == 302
    assert principal_for_user(desk).capabilities == frozenset()
    assert Session.objects.filter(session_key=browser.session.session_key).count() == 0

    people.reinstate(desk.pk, actor=actor_of(admin), at=NOW)
    desk.refresh_from_db()
    assert principal_for_user(desk).roles == {"order_desk"}


def test_scopes_say_where_and_no_row_means_nowhere():
    everywhere = principal_for_user(make_user("operator"))
    somewhere = principal_for_user(make_user("operator", warehouses=["SZX"], channels=[]))

    assert everywhere.sees_warehouse("ANY")
    assert (somewhere.sees_warehouse("SZX"), somewhere.sees_warehouse("LAX")) == (True, False)
    assert not somewhere.sees_channel("shop")


def test_a_missing_right_is_refused_by_name():
    principal = principal_for_user(make_user("operator"))

    with pytest.raises(MissingCapability) as caught:
        principal.require("orders.view")
    with pytest.raises(LookupError):
        principal.may("orders.veiw")

    assert caught.value.data == {"capability": "orders.view"}
    assert "See orders" in str(caught.value)


# --- Roles ------------------------------------------------------------
def test_built_in_roles_equal_the_code_and_can_not_be_edited():
    buyer = Role.objects.get(code="buyer")
    buyer.grants.filter(capability="suppliers.buy").delete()

    assert roles.sync_builtin_roles() == 1
    assert roles.sync_builtin_roles() == 0
    with pytest.raises(roles.BuiltinRoleFixed):
        roles.edit_role(buyer.pk, RoleDraft("buyer", "B", "", frozenset()), actor=SYSTEM, at=NOW)


def test_a_copy_differs_by_what_was_added_and_removed_and_warns_of_danger():
    buyer = Role.objects.get(code="buyer")
    held = frozenset(buyer.grants.values_list("capability", flat=True))
    wanted = (held | {"suppliers.approve"}) - {"imports.run"}

    copy = roles.copy_role(buyer, RoleDraft("both", "Both", "", wanted), actor=SYSTEM, at=NOW)

    change = roles.difference(copy)
    assert (change.added, change.removed) == (("suppliers.approve",), ("imports.run",))
    assert len(roles.dangers(wanted)) == 1
    assert roles.dangers(held) == []


def test_an_edited_role_ends_the_sessions_of_its_holders():
    make_user("admin")
    source = Role.objects.get(code="order_desk")
    draft = RoleDraft("desk_own", "Desk", "", frozenset({"orders.view", "orders.hold"}))
    copy = roles.copy_role(source, draft, actor=SYSTEM, at=NOW)
    browser = browse(make_user("desk_own"))

    narrower = RoleDraft("desk_own", "Desk", "", frozenset({"orders.view"}))
    roles.edit_role(copy.pk, narrower, actor=SYSTEM, at=NOW)

    assert browser.get("/me/").status_code == 302


def test_a_role_in_use_is_not_archived():
    source = Role.objects.get(code="buyer")
    draft = RoleDraft("own", "Own", "", frozenset({"orders.view"}))
    copy = roles.copy_role(source, draft, actor=SYSTEM, at=NOW)
    make_user("own")

    with pytest.raises(roles.RoleInUse) as caught:
        roles.archive_role(copy.pk, actor=SYSTEM, at=NOW)

    assert caught.value.data == {"holders": 1}


# --- Keys ------------------------------------------------------------
def test_a_key_is_kept_as_a_hash_and_found_by_its_secret():
    issued = make_key({"orders.view"})

    found = api_keys.find_by_token(issued.token, ip="203.0.113.7", at=NOW)

    assert found == issued.key
    assert issued.token not in str(ApiKey.objects.values().get())
    assert api_keys.find_by_token(issued.token[:-1] + "_", ip=None, at=NOW) is None
    assert api_keys.find_by_token("qk_", ip=None, at=NOW) is None


def test_a_key_opens_only_from_its_networks_and_until_its_end():
    issued = make_key({"orders.view"}, allowed_networks=("203.0.113.0/24",), expires_at=NOW + HOUR)
    token = issued.token

    assert api_keys.find_by_token(token, ip="203.0.113.7", at=NOW) == issued.key
    assert api_keys.find_by_token(token, ip="198.51.100.1", at=NOW) is None
    assert api_keys.find_by_token(token, ip=None, at=NOW) is None
    assert api_keys.find_by_token(token, ip="203.0.113.7", at=NOW + HOUR) is None


def test_a_personal_key_never_does_more_than_its_owner():
    owner = make_user("operator", warehouses=["SZX"])
    issued = make_key({"orders.view", "fulfillment.pick"}, owner=owner)

    principal = principal_for_key(issued.key)

    assert principal.capabilities == {"fulfillment.pick"}
    assert principal.warehouse_codes == {"SZX"}


def test_a_key_can_not_manage_people():
    with pytest.raises(api_keys.KeyNotAllowed):
        make_key({"users.manage"})
    with pytest.raises(api_keys.BadNetwork):
        make_key({"orders.view"}, allowed_networks=("300.1.2.3",))


def test_a_rotated_key_works_beside_its_successor_for_a_while():
    issued = make_key({"orders.view"}, warehouse_codes=("SZX",))

    fresh = api_keys.rotate(issued.key.pk, actor=SYSTEM, at=NOW, overlap=HOUR)

    assert api_keys.find_by_token(issued.token, ip=None, at=NOW) == issued.key
    assert api_keys.find_by_token(issued.token, ip=None, at=NOW + HOUR) is None
    assert api_keys.find_by_token(fresh.token, ip=None, at=NOW + HOUR) == fresh.key
    assert (fresh.key.warehouse_codes, fresh.key.expires_at) == (["SZX"], None)
    with pytest.raises(api_keys.KeyOver):
        api_keys.rotate(issued.key.pk, actor=SYSTEM, at=NOW, overlap=HOUR)


def test_a_key_of_a_suspended_owner_is_shut():
    owner = make_user("order_desk")
    issued = make_key({"orders.view"}, owner=owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)

    assert api_keys.find_by_token(issued.token, ip=None, at=NOW) is None


# --- First people ------------------------------------------------------------
def test_the_first_administrator_is_made_once():
    draft = first_people.FirstAdministrator("root", "root@example.com", "Root", PASSWORD)

    user = first_people.create_first_administrator(draft, at=NOW)

    assert principal_for_user(user).may("users.manage")
    with pytest.raises(first_people.AdministratorExists):
        first_people.create_first_administrator(draft, at=NOW)


def test_demo_people_get_fresh_passwords_and_production_has_none():
    drafts = [
        first_people.DemoPerson("demo-operator", "Li Wei", "operator", "zh-hans", ("SZX",), ())
    ]

    first = first_people.set_demo_people(drafts, production=False, at=NOW)
    second = first_people.set_demo_people(drafts, production=False, at=NOW)

    user = User.objects.get(username="demo-operator")
    assert first != second
    assert user.check_password(second["demo-operator"])
    assert principal_for_user(user).warehouse_codes == {"SZX"}
    with pytest.raises(NotPermitted):
        first_people.set_demo_people(drafts, production=True, at=NOW)
