"""Sign-in and second-factor pages: only those of allauth that the product uses."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods
from django.views.generic import RedirectView

from core.views import account as own

#: Other people's form views answer PUT as if it were POST; ours do not.
only = require_http_methods(["GET", "HEAD", "POST"])


def redirect(*, to):
    """Return a view that leads to the page with this URL name."""
    return RedirectView.as_view(pattern_name=to, http_method_names=["get", "head"])


urlpatterns = [
    path("login/", only(account.login), name="account_login"),
    path("logout/", own.SignOut.as_view(), name="account_logout"),
    path("inactive/", redirect(to="account_login"), name="account_inactive"),
    path("reauthenticate/", only(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", only(account.password_change), name="account_change_password"),
    path(
        "password/set/",
        redirect(to="account_reset_password"),
        name="account_set_password",
    ),
    path("password/reset/", only(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        only(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        only(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        only(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", redirect(to="security"), name="mfa_index"),
    path("2fa/authenticate/", only(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", only(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", only(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        only(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/keys/", redirect(to="security"), name="mfa_list_webauthn"),
    path("2fa/keys/add/", only(keys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/keys/<int:pk>/remove/", only(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("2fa/keys/<int:pk>/edit/", only(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/keys/login/", only(keys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/keys/reauthenticate/",
        only(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("invitation/<str:token>/", own.AcceptInvitation.as_view(), name="invitation-accept"),
]
