"""Staff pages of customers' messages."""

from __future__ import annotations

from django.urls import path

from returns.views import messages

urlpatterns = [
    path("returns/messages/", messages.MessageDesk.as_view(), name="return-messages"),
    path(
        "returns/messages/<int:pk>/answer/",
        messages.AnswerMessage.as_view(),
        name="return-message-answer",
    ),
    path(
        "returns/messages/<int:pk>/close/",
        messages.CloseThread.as_view(),
        name="return-message-close",
    ),
    path(
        "returns/messages/photos/<int:pk>/",
        messages.MessagePhoto.as_view(),
        name="return-message-photo",
    ),
]
