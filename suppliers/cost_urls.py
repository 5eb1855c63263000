"""Pages of landed costs, excess, claims and suppliers' invoices, below costs/."""

from django.urls import path

from suppliers.views import arrival_costs, claims, invoices, landed_costs

urlpatterns = [
    path("landed/", landed_costs.LandedCostIndex.as_view(), name="landed-costs-index"),
    path("landed/new/", landed_costs.LandedCostNew.as_view(), name="landed-cost-new"),
    path("landed/<int:pk>/", landed_costs.LandedCostPage.as_view(), name="landed-cost"),
    path("landed/<int:pk>/post/", landed_costs.PostCost.as_view(), name="landed-cost-post"),
    path("landed/<int:pk>/reverse/", landed_costs.ReverseCost.as_view(), name="landed-cost-undo"),
    path("landed/<int:pk>/discard/", landed_costs.DiscardCost.as_view(), name="landed-cost-drop"),
    path("arrivals/<int:pk>/", arrival_costs.ArrivalCosts.as_view(), name="arrival-costs"),
    path("arrivals/<int:pk>/close/", arrival_costs.CloseCosts.as_view(), name="arrival-costs-end"),
    path("arrivals/<int:pk>/claim/", arrival_costs.DrawUpClaim.as_view(), name="claim-draw-up"),
    path("lines/<int:pk>/excess/", arrival_costs.DecideExcess.as_view(), name="excess-decide"),
    path("claims/", claims.ClaimIndex.as_view(), name="claims-index"),
    path("claims/<int:pk>/", claims.ClaimPage.as_view(), name="claim"),
    path("claims/<int:pk>/send/", claims.SendClaim.as_view(), name="claim-send"),
    path("claims/<int:pk>/agree/", claims.AgreeClaim.as_view(), name="claim-agree"),
    path("claims/<int:pk>/refuse/", claims.RefuseClaim.as_view(), name="claim-refuse"),
    path("claims/<int:pk>/settle/", claims.SettleClaim.as_view(), name="claim-settle"),
    path("claims/<int:pk>/drop/", claims.DropClaim.as_view(), name="claim-drop"),
    path("invoices/", invoices.InvoiceIndex.as_view(), name="invoices-index"),
    path("invoices/new/<int:pk>/", invoices.InvoiceNew.as_view(), name="invoice-new"),
    path("invoices/<int:pk>/", invoices.InvoicePage.as_view(), name="invoice"),
    path("invoices/<int:pk>/release/", invoices.ReleaseInvoice.as_view(), name="invoice-release"),
    path("invoices/<int:pk>/refuse/", invoices.RefuseInvoice.as_view(), name="invoice-refuse"),
]
