"""Pages about mails to customers and about what customers answer."""

from __future__ import annotations

from django.urls import path

from config.views import feedback, letters, mail_choices

urlpatterns = [
    path("settings/messages/", letters.TemplatesPage.as_view(), name="message-templates"),
    path(
        "settings/messages/channels/<str:code>/",
        letters.ChannelSwitches.as_view(),
        name="message-switches",
    ),
    path(
        "settings/messages/<slug:app>/<slug:name>/",
        letters.TemplatePage.as_view(),
        name="message-template",
    ),
    path(
        "settings/messages/<slug:app>/<slug:name>/restore/",
        letters.RestoreWording.as_view(),
        name="message-restore",
    ),
    path("messages/", letters.MessageIndex.as_view(), name="messages-index"),
    path("messages/<int:pk>/", letters.MessagePage.as_view(), name="message"),
    path("messages/<int:pk>/again/", letters.SendAgain.as_view(), name="message-again"),
    path("feedback/", feedback.FeedbackIndex.as_view(), name="feedback-index"),
    path("feedback/<str:token>/", feedback.FeedbackPage.as_view(), name="feedback"),
    path("mail/off/<str:token>/", mail_choices.MailOff.as_view(), name="mail-off"),
]
