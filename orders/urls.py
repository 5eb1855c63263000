"""Pages of the order desk."""

from django.urls import path

from orders.views import entry, index, life_rules, page, recalls, routing, subscriptions
from orders.views.substitutions import AnswerOffer, DecideOffer

urlpatterns = [
    path("orders/", index.OrderIndex.as_view(), name="orders-index"),
    path("orders/attention/", index.AttentionQueue.as_view(), name="orders-attention"),
    path("orders/new/", entry.NewOrder.as_view(), name="order-new"),
    path("orders/new/availability/", entry.Availability.as_view(), name="order-availability"),
    path("orders/new/delivery/", entry.DeliveryChoice.as_view(), name="order-delivery-options"),
    path("orders/bulk/hold/", index.BulkHold.as_view(), name="orders-bulk-hold"),
    path("orders/bulk/release/", index.BulkRelease.as_view(), name="orders-bulk-release"),
    path("orders/bulk/cancel/", index.BulkCancel.as_view(), name="orders-bulk-cancel"),
    path("subscriptions/", subscriptions.SubscriptionIndex.as_view(), name="subscriptions-index"),
    path("subscriptions/new/", subscriptions.NewSubscription.as_view(), name="subscription-new"),
    path("subscriptions/<int:pk>/", subscriptions.SubscriptionPage.as_view(), name="subscription"),
    path("subscriptions/<int:pk>/pause/", subscriptions.Pause.as_view(), name="subscription-pause"),
    path(
        "subscriptions/<int:pk>/resume/",
        subscriptions.Resume.as_view(),
        name="subscription-resume",
    ),
    path("subscriptions/<int:pk>/skip/", subscriptions.Skip.as_view(), name="subscription-skip"),
    path("subscriptions/<int:pk>/end/", subscriptions.End.as_view(), name="subscription-end"),
    path("orders/<int:pk>/", page.OrderPage.as_view(), name="order"),
    path("lots/<int:pk>/recall/", recalls.LotRecall.as_view(), name="lot-recall"),
    path("lots/<int:pk>/recall/contacts.csv", recalls.Contacts.as_view(), name="lot-recall-csv"),
    path("orders/<int:pk>/peek/", index.OrderPeek.as_view(), name="order-peek"),
    path("orders/<int:pk>/routing/", routing.RoutingPage.as_view(), name="order-routing"),
    path("orders/<int:pk>/hold/", page.Hold.as_view(), name="order-hold"),
    path(
        "orders/<int:pk>/holds/<str:kind>/release/",
        page.ReleaseHold.as_view(),
        name="order-release-hold",
    ),
    path("orders/<int:pk>/cancel/", page.Cancel.as_view(), name="order-cancel"),
    path("orders/<int:pk>/payment/", page.RecordPayment.as_view(), name="order-payment"),
    path("orders/<int:pk>/address/", page.EditAddress.as_view(), name="order-address"),
    path("orders/<int:pk>/lines/<int:position>/", page.EditQty.as_view(), name="order-line-qty"),
    path(
        "orders/<int:pk>/short/<int:line_pk>/<str:choice>/",
        page.DecideShort.as_view(),
        name="order-decide-short",
    ),
    path(
        "orders/<int:pk>/substitutes/<int:offer_pk>/<str:choice>/",
        DecideOffer.as_view(),
        name="order-substitute",
    ),
    path("settings/remaining-life/", life_rules.LifeRuleIndex.as_view(), name="life-rules"),
    path("settings/remaining-life/new/", life_rules.LifeRuleNew.as_view(), name="life-rule-new"),
    path("settings/remaining-life/test/", life_rules.LifeRuleTest.as_view(), name="life-rule-test"),
    path(
        "settings/remaining-life/<int:pk>/remove/",
        life_rules.LifeRuleRemove.as_view(),
        name="life-rule-remove",
    ),
    path("s/<str:token>/", AnswerOffer.as_view(), name="substitute-answer"),
]
