"""Pages of the team about customers and their data."""

from __future__ import annotations

from django.urls import path

from config.views import customers_desk as desk
from config.views import privacy_desk as privacy

urlpatterns = [
    path("customers/", desk.CustomerIndex.as_view(), name="customer-index"),
    path("customers/<int:pk>/", desk.CustomerPage.as_view(), name="customer-page"),
    path("customers/<int:pk>/reveal/", desk.Reveal.as_view(), name="customer-reveal"),
    path("customers/<int:pk>/tags/", desk.EditTags.as_view(), name="customer-tags"),
    path("customers/<int:pk>/merge/", desk.Merge.as_view(), name="customer-merge"),
    path("customers/<int:pk>/send-link/", desk.SendLink.as_view(), name="customer-send-link"),
    path("customers/<int:pk>/hold/", desk.PlaceHold.as_view(), name="customer-hold"),
    path("customers/<int:pk>/hold/lift/", desk.LiftHold.as_view(), name="customer-hold-lift"),
    path("privacy/", privacy.PrivacyDesk.as_view(), name="privacy-desk"),
    path("privacy/new/", privacy.NewRequest.as_view(), name="privacy-new"),
    path("privacy/register/", privacy.Register.as_view(), name="privacy-register"),
    path("privacy/<int:pk>/", privacy.PrivacyRequestPage.as_view(), name="privacy-request"),
    path("privacy/<int:pk>/approve/", privacy.Approve.as_view(), name="privacy-approve"),
    path("privacy/<int:pk>/refuse/", privacy.Refuse.as_view(), name="privacy-refuse"),
    path("privacy/<int:pk>/withdraw/", privacy.Withdraw.as_view(), name="privacy-withdraw"),
    path("privacy/<int:pk>/copy/", privacy.FetchCopy.as_view(), name="privacy-copy"),
]
