"""W1 on a shared device: registration, badge and PIN, what the session opens and when it ends."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from core import clock, sessions
from core.actors import SYSTEM
from core.models import AuditEntry, User, UserSession
from core.reauth import is_recent
from core.services import badges, people
from fulfillment.models import FloorDevice, Shift, Station
from fulfillment.services import devices
from tests.factories import fulfillment as floor
from tests.factories import orders as make
from tests.factories.core import make_user, prove_identity, sign_in
from tests.helpers.papers import codes_of_svg
from tests.helpers.query_counts import query_baseline

pytestmark = pytest.mark.django_db
PIN = "407193"
MINUTE = dt.timedelta(minutes=1)
#: One page of each kind that a badge must not open: office, own account, proof, repair, API.
SHUT = (
    "orders-index", "users-index", "profile", "security", "my-pin", "badges", "floor-devices",
    "account_change_password", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn",
    "mfa_generate_recovery_codes", "scanner-check", "waves-index", "api-key-new",
)  # fmt: skip


@pytest.fixture
def place():
    return make.warehouse("OWN")


@pytest.fixture
def tablet(client, place):
    """A registered device; `client` is its browser."""
    device, token = floor.device(place)
    client.cookies[sessions.DEVICE_COOKIE] = token
    return device


def with_badge(role="operator", **options) -> User:
    user = make_user(role, **options)
    badges.issue_badge(user.pk, actor=SYSTEM, at=clock.now())
    badges.set_pin(user.pk, PIN, actor=SYSTEM, at=clock.now())
    user.refresh_from_db()
    return user


def start(client, user, pin=PIN):
    return client.post(reverse("floor-badge"), {"badge": user.badge_code, "pin": pin})


def is_in(client) -> bool:
    return client.get(reverse("floor-home")).status_code == 200


# --- Registration -----------------------------------------------------------------------------
def test_w1_a_browser_that_is_no_device_is_told_to_ask_a_manager(client):
    page = client.get(reverse("floor-badge"))
    tried = client.post(reverse("floor-badge"), {"badge": "BDG-X", "pin": PIN})

    assert (page.status_code, tried.status_code) == (200, 409)
    for answer in (page, tried):
        assert "This device is not registered" in answer.content.decode()
        assert 'name="pin"' not in answer.content.decode()


def test_w1_a_manager_registers_a_device_by_a_code_that_works_once(client, place):
    floor.station(place)
    manager = sign_in(Client(), make_user("warehouse_manager", warehouses=["OWN"]))
    page = manager.post(
        reverse("floor-device-new"), {"name": "Tablet 7", "station": "OWN-PACK-1"}
    ).content.decode()
    code = re.search(r"data-secret>([^<]+)<", page)[1]

    done = client.post(reverse("floor-register"), {"code": code.lower().replace("-", " ")})

    assert (done.status_code, done["Location"]) == (302, reverse("floor-badge"))
    cookie = client.cookies[sessions.DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], len(cookie.value)) == (True, "Lax", 43)
    row = FloorDevice.objects.get(name="Tablet 7")
    assert row.token_hash == sessions.hash_device_token(cookie.value)
    assert cookie.value not in str(FloorDevice.objects.values()) + str(AuditEntry.objects.values())
    assert "Scan your badge" in client.get(reverse("floor-badge")).content.decode()
    again = Client().post(reverse("floor-register"), {"code": code})
    assert (again.status_code, "A code works once" in again.content.decode()) == (422, True)
    assert code not in manager.get(reverse("floor-devices")).content.decode()


def test_w1_a_registration_code_ends_after_a_quarter_of_an_hour(client, place):
    at = clock.now()
    _device, code = devices.open_device(floor.station(place), "Tablet", actor=SYSTEM, at=at)

    with pytest.raises(devices.CodeOver):
        devices.register(code, at=at + devices.CODE_LIFE)

    assert devices.register(code, at=at + devices.CODE_LIFE - MINUTE)[0].registered_at is not None


def test_w1_a_manager_of_another_warehouse_registers_nothing_here(place):
    floor.station(place)
    manager = sign_in(Client(), make_user("warehouse_manager", warehouses=["FAR"]))

    answer = manager.post(reverse("floor-device-new"), {"name": "Tablet", "station": "OWN-PACK-1"})

    assert (answer.status_code, FloorDevice.objects.count()) == (422, 0)


def test_registering_asks_for_a_recent_proof_of_identity(place):
    floor.station(place)
    manager = sign_in(Client(), make_user("warehouse_manager"), recent=False)

    answer = manager.post(reverse("floor-device-new"), {"name": "Tablet", "station": "OWN-PACK-1"})

    assert answer["Location"].startswith(reverse("account_reauthenticate"))


# --- Sign-in ----------------------------------------------------------------------------------
def test_w1_badge_and_pin_start_a_shift(client, tablet):
    worker = with_badge()

    answer = start(client, worker)

    assert (answer.status_code, answer["Location"]) == (302, reverse("floor-start"))
    page = client.get(reverse("floor-start")).content.decode()
    assert f"Start shift, {worker}" in page
    assert "OWN-PACK-1" in page
    shift = Shift.objects.get()
    assert (shift.user, shift.device, shift.station.code) == (worker, tablet, "OWN-PACK-1")
    assert UserSession.objects.get().kind == "badge"
    entry = AuditEntry.objects.get(action="users.signed_in_by_badge")
    assert (entry.actor_id, entry.after) == (
        worker.pk,
        {"device": tablet.pk, "station": "OWN-PACK-1"},
    )


def test_w1_no_password_of_the_person_is_needed_and_none_is_taken(client, tablet):
    worker = with_badge(password="calm harbor seven lanterns")

    answer = start(client, worker, pin="calm harbor seven lanterns")

    assert (answer.status_code, UserSession.objects.count()) == (422, 0)


def test_w1_an_unknown_badge_and_a_wrong_pin_look_the_same(client, tablet):
    worker = with_badge()

    def shown(badge: str, pin: str) -> str:
        page = client.post(reverse("floor-badge"), {"badge": badge, "pin": pin})
        text = page.content.decode().replace(badge, "BADGE")
        return re.sub(r'[A-Za-z0-9]{64}|nonce="[^"]+"', "", text)

    assert shown(worker.badge_code, "407194") == shown("BDG-BCDFGHJKLMNPQ", PIN)


def test_w1_the_fifth_wrong_pin_locks_the_badge_on_every_device(client, tablet, place):
    worker = with_badge()
    second = Client()
    opened, code = devices.open_device(
        floor.station(place), "Tablet 2", actor=SYSTEM, at=clock.now()
    )
    second.cookies[sessions.DEVICE_COOKIE] = devices.register(code, at=clock.now())[1]
    with time_machine.travel(clock.now(), tick=False) as moment:
        texts = [start(each, worker, "407194") for each in (client, second) * 2 + (client,)]

        locked = ["waits 5 minutes" in text.content.decode() for text in texts]
        assert locked == [False, False, False, False, True]
        assert start(second, worker).status_code == 422
        moment.shift(5 * MINUTE)
        assert start(second, worker).status_code == 302
    entry = AuditEntry.objects.get(action="users.badge_locked")
    assert entry.after == {"device": f"floor_device:{tablet.pk}", "tries": 5}
    assert opened.pk != tablet.pk


def test_w1_wrong_pins_do_not_lock_out_another_badge(client, tablet):
    first, second = with_badge(), with_badge()
    for _ in range(6):
        start(client, first, "407194")

    assert start(client, second).status_code == 302


def test_w1_a_suspended_person_is_turned_away_and_signed_out(client, tablet):
    worker = with_badge()
    start(client, worker)
    admin = make_user("admin")
    actor = badges.Actor("user", admin.pk, str(admin))

    people.suspend(worker.pk, reason="left", actor=actor, at=clock.now())

    assert is_in(client) is False
    answer = start(client, worker)
    assert (answer.status_code, "belong together" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("role", "warehouses", "words"),
    [
        ("buyer", None, "may not pick, pack or dispatch"),
        ("operator", ["FAR"], "is not assigned to warehouse OWN"),
    ],
)
def test_w1_only_people_of_this_floor_start_here(client, tablet, role, warehouses, words):
    answer = start(client, with_badge(role, warehouses=warehouses))

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert UserSession.objects.count() == 0


def test_rel_a_05_the_session_gets_a_new_key(client, tablet):
    """An attacker who planted a session on the device learns nothing of the one that follows."""
    client.get(reverse("floor-badge"))
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    start(client, with_badge())

    assert client.session.session_key != planted.session_key
    assert "planted" not in client.session
    assert Session.objects.filter(session_key=planted.session_key).count() == 0


# --- What it opens ----------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["operator", "warehouse_manager", "admin"])
def test_w1_a_badge_session_opens_the_floor_and_nothing_else(client, tablet, role):
    start(client, with_badge(role))

    open_pages = [reverse(name) for name in ("floor-home", "floor-start", "floor-pack")]
    assert [client.get(path).status_code for path in open_pages] == [200] * 3
    for name in SHUT:
        for method in (client.get, client.post):
            answer = method(reverse(name))
            assert answer.status_code == 403, name
            assert "shared floor device" in answer.content.decode()


def test_w1_a_badge_session_does_not_open_the_api_or_the_repair_site(client, tablet):
    start(client, with_badge("admin"))

    assert client.get("/api/v1/orders/").status_code == 403
    assert client.get(reverse("admin:index")).status_code == 403


def test_w1_the_home_page_leads_back_to_the_floor(client, tablet):
    start(client, with_badge())

    assert client.get("/")["Location"] == reverse("floor-home")


def test_w1_an_administrator_holds_floor_rights_only_and_in_this_warehouse_only(client, tablet):
    make.warehouse("FAR")
    start(client, with_badge("admin"))

    page = client.get(reverse("floor-dispatch"))

    assert page.context["shell"].principal.capabilities == {
        "fulfillment.pick",
        "fulfillment.pack",
        "fulfillment.dispatch",
        "fulfillment.receive",
        "fulfillment.count",
        "fulfillment.move",
        "fulfillment.build_kits",
        "shipping.labels",
        "returns.inspect",
    }
    assert page.context["shell"].principal.warehouse_codes == {"OWN"}
    assert [row.code for row in page.context["warehouses"]] == ["OWN"]


def test_w1_badge_and_pin_are_no_proof_of_identity(client, tablet):
    worker = with_badge()
    page = start(client, worker)
    request = client.get(reverse("floor-home")).wsgi_request

    assert is_recent(request) is False
    prove_identity(client, worker)
    request = client.get(reverse("floor-home")).wsgi_request
    assert is_recent(request) is False
    assert page.status_code == 302


def test_w1_where_a_second_factor_is_required_the_floor_opens_without(client, tablet, settings):
    settings.MFA_REQUIRED_FOR_STAFF = True

    start(client, with_badge())

    assert is_in(client) is True
    assert client.get(reverse("security")).status_code == 403


# --- When it ends -----------------------------------------------------------------------------
@pytest.mark.parametrize(("idle", "stays"), [(29, True), (31, False)])
def test_rel_a_05_a_shared_device_locks_itself_after_half_an_hour(client, tablet, idle, stays):
    with time_machine.travel(clock.now(), tick=False) as moment:
        start(client, with_badge())
        moment.shift(idle * MINUTE)

        answer = client.get(reverse("floor-home"))

    assert (answer.status_code == 200) is stays
    assert stays or answer["Location"] == reverse("floor-badge")


def test_rel_a_05_a_badge_session_never_outlives_a_shift(client, tablet):
    with time_machine.travel(clock.now(), tick=False) as moment:
        start(client, with_badge())
        for _ in range(12 * 3):
            moment.shift(20 * MINUTE)
            assert is_in(client)
        moment.shift(MINUTE)

        assert is_in(client) is False


def test_w1_the_next_badge_ends_the_former_session(client, tablet):
    first, second = with_badge(), with_badge()
    start(client, first)
    former = client.session.session_key

    start(client, second)

    assert list(UserSession.objects.values_list("user_id", flat=True)) == [second.pk]
    assert Session.objects.filter(session_key=former).count() == 0
    ended = Shift.objects.get(user=first)
    assert (ended.session, ended.ended_at is not None) == (None, True)


def test_w1_a_former_session_ends_even_if_the_browser_lost_it(client, tablet):
    first, second = with_badge(), with_badge()
    start(client, first)
    other = Client()
    other.cookies["sessionid"] = client.cookies["sessionid"].value
    other.cookies[sessions.DEVICE_COOKIE] = client.cookies[sessions.DEVICE_COOKIE].value
    del client.cookies["sessionid"]

    start(client, second)

    assert is_in(other) is False


def test_w1_switching_the_worker_signs_out_and_asks_for_the_next_badge(client, tablet):
    worker = with_badge()
    start(client, worker)
    assert "Switch worker" in client.get(reverse("floor-home")).content.decode()

    answer = client.post(reverse("floor-switch"))

    assert answer["Location"] == reverse("floor-badge")
    assert (UserSession.objects.count(), is_in(client)) == (0, False)
    assert AuditEntry.objects.filter(action="users.signed_out", target_id=worker.pk).count() == 1


def test_w1_a_revoked_device_ends_its_session_and_its_cookie_opens_nothing(client, tablet):
    worker = with_badge()
    start(client, worker)
    token = client.cookies[sessions.DEVICE_COOKIE].value
    manager = sign_in(Client(), make_user("warehouse_manager"))

    manager.post(reverse("floor-device-revoke", args=[tablet.pk]))

    assert is_in(client) is False
    replayed = Client()
    replayed.cookies[sessions.DEVICE_COOKIE] = token
    assert start(replayed, worker).status_code == 409
    gone = replayed.get(reverse("floor-badge"))
    assert gone.cookies[sessions.DEVICE_COOKIE].value == ""
    assert AuditEntry.objects.filter(action="fulfillment.device_revoked").count() == 1


def test_w1_a_badge_session_works_on_its_own_device_only(client, tablet):
    start(client, with_badge())
    thief = Client()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value

    assert is_in(thief) is False
    assert UserSession.objects.count() == 0


def test_w1_a_revoked_badge_ends_the_session(client, tablet):
    worker = with_badge()
    start(client, worker)
    manager = sign_in(Client(), make_user("warehouse_manager"))

    manager.post(reverse("badge-revoke", args=[worker.pk]))

    assert (is_in(client), start(client, worker).status_code) == (False, 422)


def test_w1_a_device_of_a_closed_station_takes_no_badge(client, tablet):
    Station.objects.update(is_active=False)

    assert start(client, with_badge()).status_code == 409


# --- The start of the shift -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("work", "target"),
    [
        ("pick", "floor-pick"),
        ("pack", "floor-pack"),
        ("dispatch", "floor-dispatch"),
        ("put_back", "floor-home"),
        ("", "floor-home"),
        ("nonsense", "floor-home"),
    ],
)
def test_w1_the_chosen_work_opens_its_screen(client, tablet, work, target):
    start(client, with_badge())

    assert client.post(reverse("floor-start"), {"work": work})["Location"] == reverse(target)


def test_w1_a_worker_on_a_shared_device_cannot_choose_another_station(client, tablet, place):
    floor.station(place, "OWN-PACK-2")
    start(client, with_badge())

    client.post(reverse("floor-start"), {"station": "OWN-PACK-2"})

    assert client.cookies["q_station"].value == "OWN-PACK-1"


def test_w1_a_person_with_an_own_account_chooses_the_station_as_before(client, place):
    floor.station(place)
    person = make_user("operator")
    sign_in(client, person)

    answer = client.post(reverse("floor-start"), {"station": "OWN-PACK-1"})

    assert (answer["Location"], client.cookies["q_station"].value) == ("/floor/", "OWN-PACK-1")
    page = client.get(reverse("floor-start")).content.decode()
    assert f"<b>{person}</b>" in page
    client.post(reverse("floor-start"), {"station": "OWN-PACK-1"})
    assert Shift.objects.filter(ended_at=None).count() == 1


def test_w1_who_is_on_at_the_station_is_shown_to_both(client, tablet):
    worker, other = with_badge(), make_user("operator")
    start(client, worker)
    office = sign_in(Client(), other)

    office.post(reverse("floor-start"), {"station": "OWN-PACK-1"})

    for each in (client, office):
        assert f"<b>{worker}, {other}</b>" in each.get(reverse("floor-start")).content.decode()


def test_w1_who_left_is_not_on(client, tablet):
    worker = with_badge()
    start(client, worker)
    client.post(reverse("floor-switch"))
    office = sign_in(Client(), make_user("operator"))
    office.cookies["q_station"] = "OWN-PACK-1"

    assert "Nobody else is on" in office.get(reverse("floor-start")).content.decode()


def test_w1_the_printer_of_the_station_is_named_where_it_is_known(client, tablet):
    start(client, with_badge())
    assert "none is named" in client.get(reverse("floor-start")).content.decode()
    floor.with_printers(Station.objects.get())

    page = client.get(reverse("floor-start")).content.decode()
    assert "Labels 4 x 2 in: <b>OWN-SMALL_LABEL</b> · Not tried yet" in page


def test_w1_the_door_speaks_chinese(client, tablet):
    client.cookies["django_language"] = "zh-hans"

    assert "扫描工牌" in client.get(reverse("floor-badge")).content.decode()


def test_w1_the_badge_stays_in_the_form_and_the_pin_does_not(client, tablet):
    page = client.post(reverse("floor-badge"), {"badge": "BDG-TYPED", "pin": "998877"})

    text = page.content.decode()
    assert ('value="BDG-TYPED"' in text, "998877" in text) == (True, False)


# --- Managers ---------------------------------------------------------------------------------
def test_m12_a_warehouse_manager_sets_pins_of_own_floor_people_only(client):
    own = make_user("operator", warehouses=["OWN"])
    others = [
        make_user("operator", warehouses=["FAR"]),
        make_user("admin"),
        make_user("buyer", warehouses=["OWN"]),
    ]
    sign_in(client, make_user("warehouse_manager", warehouses=["OWN"]))
    pins = {"pin": PIN, "again": PIN}

    done = client.post(reverse("badge-pin", args=[own.pk]), pins)
    refused = [client.post(reverse("badge-pin", args=[row.pk]), pins) for row in others]

    own.refresh_from_db()
    assert (done.status_code, own.pin_hash != "") == (303, True)
    assert [answer.status_code for answer in refused] == [404] * 3


def test_m12_a_badge_is_printed_as_code_128(client):
    worker = with_badge()
    sign_in(client, make_user("admin"))

    page = client.get(reverse("badge", args=[worker.pk])).content.decode()

    assert worker.badge_code in page
    assert codes_of_svg(page) == {("Code128", worker.badge_code)}
    assert client.get(reverse("badge", args=[make_user().pk])).status_code == 404


def test_g10_a_person_sets_the_own_pin_after_a_proof_of_identity(client):
    person = make_user("operator")
    sign_in(client, person, recent=False)
    pins = {"pin": PIN, "again": PIN}
    asked = client.post(reverse("my-pin"), pins)
    prove_identity(client, person)

    weak = client.post(reverse("my-pin"), {"pin": "123456", "again": "123456"})
    differ = client.post(reverse("my-pin"), {"pin": PIN, "again": "407194"})
    done = client.post(reverse("my-pin"), pins)

    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert (weak.status_code, "easy to guess" in weak.content.decode()) == (422, True)
    assert (differ.status_code, "differ" in differ.content.decode()) == (422, True)
    person.refresh_from_db()
    assert (done["Location"], person.pin_hash != "") == (reverse("security"), True)


def test_the_pages_of_the_start_keep_their_number_of_queries(client, tablet):
    with query_baseline("floor-badge"):
        asked = client.get(reverse("floor-badge"))
    start(client, with_badge())
    client.get(reverse("floor-start"))
    with query_baseline("floor-start-on-device"):
        started = client.get(reverse("floor-start"))

    assert (asked.status_code, started.status_code) == (200, 200)


@pytest.mark.parametrize("count", [1, 6])
def test_the_lists_of_managers_keep_their_number_of_queries(client, place, count):
    for number in range(count):
        floor.device(place, f"Tablet {number}")
        with_badge()
    sign_in(client, make_user("warehouse_manager"))
    client.get("/me/")

    with query_baseline("floor-devices"):
        devices = client.get(reverse("floor-devices"))
    with query_baseline("badges"):
        badges = client.get(reverse("badges"))

    assert devices.content.decode().count("Tablet ") >= count
    assert badges.status_code == 200
