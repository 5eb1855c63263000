"""Pages of suppliers by secret link, and what the buyer does about their answers."""

from django.urls import path

from suppliers.views import (
    answers,
    portal,
    portal_money,
    portal_orders,
    portal_shipments,
    portal_terms,
)

urlpatterns = [
    path("supplier/<str:token>/", portal.Home.as_view(), name="supplier-portal"),
    path("supplier/<str:token>/orders/", portal.Orders.as_view(), name="supplier-portal-orders"),
    path(
        "supplier/<str:token>/orders/<str:number>/",
        portal_orders.OrderPage.as_view(),
        name="supplier-portal-order",
    ),
    path(
        "supplier/<str:token>/orders/<str:number>/order.pdf",
        portal_orders.OrderPdf.as_view(),
        name="supplier-portal-order-pdf",
    ),
    path(
        "supplier/<str:token>/orders/<str:number>/shipments/new/",
        portal_shipments.NewShipment.as_view(),
        name="supplier-portal-shipment-new",
    ),
    path(
        "supplier/<str:token>/orders/<str:number>/shipments/<str:shipment>/",
        portal_shipments.AmendShipment.as_view(),
        name="supplier-portal-shipment",
    ),
    path(
        "supplier/<str:token>/orders/<str:number>/shipments/<str:shipment>/labels.pdf",
        portal_shipments.Labels.as_view(),
        name="supplier-portal-labels",
    ),
    path(
        "supplier/<str:token>/orders/<str:number>/invoice/",
        portal_money.NewInvoice.as_view(),
        name="supplier-portal-invoice-new",
    ),
    path("supplier/<str:token>/money/", portal_money.Money.as_view(), name="supplier-portal-money"),
    path(
        "supplier/<str:token>/claims/<str:number>/",
        portal_money.ClaimPage.as_view(),
        name="supplier-portal-claim",
    ),
    path(
        "supplier/<str:token>/claims/<str:number>/photos/<int:line>/",
        portal_money.ClaimPhoto.as_view(),
        name="supplier-portal-claim-photo",
    ),
    path(
        "supplier/<str:token>/agreements/",
        portal_terms.Agreements.as_view(),
        name="supplier-portal-agreements",
    ),
    path(
        "supplier/<str:token>/goods/", portal.Catalogue.as_view(), name="supplier-portal-catalogue"
    ),
    path(
        "supplier/<str:token>/company/",
        portal_terms.Company.as_view(),
        name="supplier-portal-company",
    ),
    path(
        "purchase-orders/changes/<int:pk>/accept/",
        answers.AcceptChange.as_view(),
        name="purchase-change-accept",
    ),
    path(
        "purchase-orders/changes/<int:pk>/reject/",
        answers.RejectChange.as_view(),
        name="purchase-change-reject",
    ),
    path(
        "purchase-orders/<int:pk>/message/",
        answers.WriteToSupplier.as_view(),
        name="purchase-message",
    ),
    path("purchase-orders/<int:pk>/link/", answers.OrderLink.as_view(), name="purchase-link"),
    path("suppliers/<int:pk>/link/", answers.PortalLink.as_view(), name="supplier-link"),
    path(
        "suppliers/<int:pk>/links/revoke/",
        answers.RevokeLinks.as_view(),
        name="supplier-links-revoke",
    ),
]
