"""Pages of shipping: the public ones, parcels and rate cards."""

from django.urls import path, re_path

from shipping.views import parcels, portal, rates

urlpatterns = [
    path("t/", portal.FindOrder.as_view(), name="tracking-find"),
    re_path(
        r"^t/brand/(?P<color>[0-9a-f]{6})\.css$",
        portal.BrandColor.as_view(),
        name="portal-brand-color",
    ),
    re_path(
        r"^t/brand/(?P<sha256>[0-9a-f]{64})\.png$",
        portal.BrandLogo.as_view(),
        name="portal-brand-logo",
    ),
    path("t/<str:token>/", portal.Tracking.as_view(), name="tracking"),
    path("parcels/", parcels.ParcelIndex.as_view(), name="parcels-index"),
    path("parcels/<int:pk>/", parcels.ParcelDetail.as_view(), name="parcel"),
    re_path(
        r"^parcels/(?P<pk>[0-9]+)/label\.(?P<kind>pdf|zpl)$",
        parcels.LabelFile.as_view(),
        name="parcel-label",
    ),
    path("parcels/<int:pk>/label/buy/", parcels.BuyLabel.as_view(), name="parcel-label-buy"),
    path("parcels/<int:pk>/label/void/", parcels.VoidLabel.as_view(), name="parcel-label-void"),
    path(
        "parcels/<int:pk>/label/reprint/",
        parcels.ReprintLabel.as_view(),
        name="parcel-label-reprint",
    ),
    path("parcels/<int:pk>/link/", parcels.CustomerLink.as_view(), name="parcel-link"),
    path("settings/shipping/", rates.ShippingSettings.as_view(), name="shipping-settings"),
    path("settings/shipping/cards/<int:pk>/", rates.RateCardDetail.as_view(), name="rate-card"),
    re_path(
        r"^settings/shipping/test-label\.(?P<kind>pdf|zpl)$",
        rates.TestLabel.as_view(),
        name="test-label",
    ),
]
