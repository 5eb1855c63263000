"""Pages about mails to customers and about what customers answer."""

from __future__ import annotations

from django.urls import path

from config.views import mail_choices

urlpatterns = [
    path("mail/off/<str:token>/", mail_choices.MailOff.as_view(), name="mail-off"),
]
