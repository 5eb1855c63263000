from __future__ import annotations

import pytest
from django.urls import reverse

from core.actors import SYSTEM
from core.models import AuditEntry
from core.models.people import Role
from core.services import people
from core.services.people import AccessDraft, InvitationDraft
from tests.factories.core import NOW, PASSWORD, make_key, make_user, sign_in

pytestmark = pytest.mark.django_db

PLAIN = (
    "profile",
    "security",
    "users-index",
    "user-invite",
    "invitations-index",
    "roles-index",
    "role-check",
    "api-keys-index",
    "api-key-new",
    "audit-index",
    "audit-verify",
    "account_change_password",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
)


@pytest.fixture
def admin(client):
    person = make_user("admin", password=PASSWORD)
    sign_in(client, person)
    return person


@pytest.mark.parametrize("name", PLAIN)
def test_a_page_of_the_settings_opens(client, admin, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 200
    assert b"</html>" in answer.content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pages_of_one_object_open(client, admin, language):
    admin.language = language
    admin.save()
    other = make_user("buyer")
    invitation = people.invite(
        InvitationDraft("new@example.com", access=AccessDraft(("operator",))), actor=SYSTEM, at=NOW
    )
    key = make_key().key
    role = Role.objects.get(code="buyer")
    entry = AuditEntry.objects.order_by("pk").first()
    pages = [
        ("user", other.pk),
        ("user-access", other.pk),
        ("user-suspend", other.pk),
        ("user-reinstate", other.pk),
        ("user-sign-out", other.pk),
        ("user-reset-second-factor", other.pk),
        ("invitation", invitation.pk),
        ("invitation-renew", invitation.pk),
        ("invitation-withdraw", invitation.pk),
        ("role", role.pk),
        ("role-copy", role.pk),
        ("role-edit", role.pk),
        ("role-archive", role.pk),
        ("api-key", key.pk),
        ("api-key-rotate", key.pk),
        ("api-key-revoke", key.pk),
        ("audit-entry", entry.pk),
    ]

    codes = {name: client.get(reverse(name, args=[pk])).status_code for name, pk in pages}

    assert codes == {name: 200 for name, _pk in pages}
