"""Pages of purchase orders."""

from django.urls import path

from suppliers.views import purchase_editor as editor
from suppliers.views import purchase_page as page
from suppliers.views.purchase_index import PurchaseIndex

urlpatterns = [
    path("purchase-orders/", PurchaseIndex.as_view(), name="purchase-orders-index"),
    path("purchase-orders/new/", editor.PurchaseNew.as_view(), name="purchase-order-new"),
    path("purchase-orders/lines/", editor.PurchaseLines.as_view(), name="purchase-order-lines"),
    path("purchase-orders/<int:pk>/", page.PurchasePage.as_view(), name="purchase-order"),
    path(
        "purchase-orders/<int:pk>/edit/", editor.PurchaseEdit.as_view(), name="purchase-order-edit"
    ),
    path(
        "purchase-orders/<int:pk>/revisions/<int:revision>/order.pdf",
        page.PurchasePdf.as_view(),
        name="purchase-order-pdf",
    ),
    path(
        "purchase-orders/<int:pk>/submit/",
        page.SubmitPurchase.as_view(),
        name="purchase-order-submit",
    ),
    path("purchase-orders/<int:pk>/send/", page.SendPurchase.as_view(), name="purchase-order-send"),
    path(
        "purchase-orders/<int:pk>/cancel/",
        page.CancelPurchase.as_view(),
        name="purchase-order-cancel",
    ),
    path(
        "purchase-orders/<int:pk>/close-short/",
        page.ClosePurchaseShort.as_view(),
        name="purchase-order-close-short",
    ),
    path(
        "purchase-orders/<int:pk>/close/",
        page.ClosePurchase.as_view(),
        name="purchase-order-close",
    ),
    path(
        "purchase-orders/<int:pk>/chase/", page.ChasePurchase.as_view(), name="purchase-order-chase"
    ),
    path(
        "purchase-orders/<int:pk>/duplicate/",
        page.DuplicatePurchase.as_view(),
        name="purchase-order-duplicate",
    ),
]
