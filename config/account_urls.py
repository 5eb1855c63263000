"""Pages of the signed-in customer: orders, profile, privacy."""

from __future__ import annotations

from django.urls import path

from config.views import account, account_profile

urlpatterns = [
    path("account/", account.Orders.as_view(), name="account"),
    path("account/sign-in/", account.SignIn.as_view(), name="account-sign-in"),
    path("account/enter/<str:token>/", account.Enter.as_view(), name="account-enter"),
    path("account/sign-out/", account.SignOut.as_view(), name="account-sign-out"),
    path("account/orders/<int:pk>/open/", account.OpenOrder.as_view(), name="account-order-open"),
    path("account/profile/", account_profile.Profile.as_view(), name="account-profile"),
    path(
        "account/profile/language/",
        account_profile.ChooseLanguage.as_view(),
        name="account-language",
    ),
    path("account/profile/mails/", account_profile.ChooseMails.as_view(), name="account-mails"),
    path(
        "account/addresses/new/", account_profile.EditAddress.as_view(), name="account-address-new"
    ),
    path(
        "account/addresses/<int:pk>/",
        account_profile.EditAddress.as_view(),
        name="account-address",
    ),
    path(
        "account/addresses/<int:pk>/remove/",
        account_profile.RemoveAddress.as_view(),
        name="account-address-remove",
    ),
    path(
        "account/sessions/end/", account_profile.EndSession.as_view(), name="account-sessions-end"
    ),
    path(
        "account/sessions/<int:pk>/end/",
        account_profile.EndSession.as_view(),
        name="account-session-end",
    ),
    path("account/copy/", account_profile.AskCopy.as_view(), name="account-copy-ask"),
    path("account/copy/<int:pk>/", account_profile.FetchCopy.as_view(), name="account-copy"),
    path("account/erase/", account_profile.Erase.as_view(), name="account-erase"),
    path(
        "account/erase/<int:pk>/keep/",
        account_profile.KeepData.as_view(),
        name="account-erase-keep",
    ),
]
