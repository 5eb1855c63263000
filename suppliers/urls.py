"""Pages of arrivals and of goods nobody announced."""

from django.urls import path

from suppliers.views import arrivals, unidentified

urlpatterns = [
    path("arrivals/", arrivals.ArrivalIndex.as_view(), name="arrivals-index"),
    path("arrivals/new/", arrivals.ArrivalNew.as_view(), name="arrival-new"),
    path(
        "arrivals/differences/",
        arrivals.DifferenceIndex.as_view(),
        name="arrival-differences-index",
    ),
    path("arrivals/<int:pk>/", arrivals.ArrivalPage.as_view(), name="arrival"),
    path("arrivals/<int:pk>/close-short/", arrivals.CloseShort.as_view(), name="arrival-short"),
    path("arrivals/<int:pk>/cancel/", arrivals.CancelArrival.as_view(), name="arrival-cancel"),
    path("unidentified/", unidentified.UnidentifiedIndex.as_view(), name="unidentified-index"),
    path("unidentified/<int:pk>/", unidentified.UnidentifiedPage.as_view(), name="unidentified"),
    path(
        "unidentified/<int:pk>/photo/",
        unidentified.UnidentifiedPhotoFile.as_view(),
        name="unidentified-photo",
    ),
    path("unidentified/<int:pk>/link/", unidentified.LinkGoods.as_view(), name="unidentified-link"),
    path(
        "unidentified/<int:pk>/return/",
        unidentified.ReturnGoods.as_view(),
        name="unidentified-return",
    ),
    path(
        "unidentified/<int:pk>/dispose/",
        unidentified.DisposeGoods.as_view(),
        name="unidentified-dispose",
    ),
]
