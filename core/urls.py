"""Pages without business nouns: people, access, audit, and the person's own settings."""

from __future__ import annotations

from django.urls import include, path

from core.views import account, api_keys, audit, rates, roles, second_factor, users, viewing

urlpatterns = [
    path("accounts/", include("core.account_urls")),
    path("language/", account.SetLanguage.as_view(), name="set_language"),
    path("me/", account.Profile.as_view(), name="profile"),
    path("me/security/", account.Security.as_view(), name="security"),
    path("me/security/sessions/end/", account.EndSessions.as_view(), name="security-sessions-end"),
    path(
        "me/security/sessions/<int:pk>/end/",
        account.EndSession.as_view(),
        name="security-session-end",
    ),
    path("me/security/trust/<int:pk>/end/", account.EndTrust.as_view(), name="security-trust-end"),
    path("settings/users/", users.UserIndex.as_view(), name="users-index"),
    path("settings/users/invite/", users.Invite.as_view(), name="user-invite"),
    path("settings/users/<int:pk>/", users.UserPage.as_view(), name="user"),
    path("settings/users/<int:pk>/access/", users.UserAccess.as_view(), name="user-access"),
    path("settings/users/<int:pk>/suspend/", users.Suspend.as_view(), name="user-suspend"),
    path("settings/users/<int:pk>/reinstate/", users.Reinstate.as_view(), name="user-reinstate"),
    path("settings/users/<int:pk>/sign-out/", users.EndSessions.as_view(), name="user-sign-out"),
    path(
        "settings/users/<int:pk>/reset-second-factor/",
        second_factor.AskReset.as_view(),
        name="user-reset-second-factor",
    ),
    path(
        "settings/second-factor-resets/<int:pk>/approve/",
        second_factor.ApproveReset.as_view(),
        name="second-factor-reset-approve",
    ),
    path(
        "settings/second-factor-resets/<int:pk>/reject/",
        second_factor.RejectReset.as_view(),
        name="second-factor-reset-reject",
    ),
    path(
        "settings/second-factor-resets/<int:pk>/withdraw/",
        second_factor.WithdrawReset.as_view(),
        name="second-factor-reset-withdraw",
    ),
    path("settings/users/<int:pk>/view-as/", viewing.StartViewing.as_view(), name="user-view-as"),
    path("view-as/stop/", viewing.StopViewing.as_view(), name="view-as-stop"),
    path("settings/invitations/", users.InvitationIndex.as_view(), name="invitations-index"),
    path("settings/invitations/<int:pk>/", users.InvitationPage.as_view(), name="invitation"),
    path(
        "settings/invitations/<int:pk>/renew/",
        users.RenewInvitation.as_view(),
        name="invitation-renew",
    ),
    path(
        "settings/invitations/<int:pk>/withdraw/",
        users.WithdrawInvitation.as_view(),
        name="invitation-withdraw",
    ),
    path("settings/roles/", roles.RoleIndex.as_view(), name="roles-index"),
    path("settings/roles/check/", roles.MayCheck.as_view(), name="role-check"),
    path("settings/roles/<int:pk>/", roles.RolePage.as_view(), name="role"),
    path("settings/roles/<int:pk>/copy/", roles.CopyRole.as_view(), name="role-copy"),
    path("settings/roles/<int:pk>/edit/", roles.EditRole.as_view(), name="role-edit"),
    path("settings/roles/<int:pk>/archive/", roles.ArchiveRole.as_view(), name="role-archive"),
    path("settings/api-keys/", api_keys.KeyIndex.as_view(), name="api-keys-index"),
    path("settings/api-keys/new/", api_keys.NewKey.as_view(), name="api-key-new"),
    path("settings/api-keys/<int:pk>/", api_keys.KeyPage.as_view(), name="api-key"),
    path("settings/api-keys/<int:pk>/rotate/", api_keys.RotateKey.as_view(), name="api-key-rotate"),
    path("settings/api-keys/<int:pk>/revoke/", api_keys.RevokeKey.as_view(), name="api-key-revoke"),
    path("", include("core.badge_urls")),
    path("settings/exchange-rates/", rates.RateIndex.as_view(), name="exchange-rates"),
    path("settings/exchange-rates/new/", rates.RateNew.as_view(), name="exchange-rate-new"),
    path("settings/audit/", audit.AuditIndex.as_view(), name="audit-index"),
    path("settings/audit/verify/", audit.VerifyAudit.as_view(), name="audit-verify"),
    path("settings/audit/<int:pk>/", audit.AuditPage.as_view(), name="audit-entry"),
]
