"""Pages of shipping: the public ones, parcels and rate cards."""

from django.urls import path

from shipping.views import portal

urlpatterns = [
    path("t/", portal.FindOrder.as_view(), name="tracking-find"),
    path("t/<str:token>/", portal.Tracking.as_view(), name="tracking"),
]
