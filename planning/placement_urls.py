"""The page that says where goods should lie."""

from django.urls import path

from planning.views import placement

urlpatterns = [path("placement/", placement.PlacementIndex.as_view(), name="placement-index")]
