"""Pages of stock, products and places."""

from django.urls import path

from inventory.views import (
    counts,
    ledger,
    lookup,
    lot_care,
    pick_faces,
    places,
    products,
    shortfalls,
    stock,
    transfers,
    work_orders,
)

urlpatterns = [
    path("stock/", stock.StockIndex.as_view(), name="stock-index"),
    path("stock/levels/", stock.LevelIndex.as_view(), name="levels-index"),
    path("stock/ledger/", ledger.LedgerIndex.as_view(), name="ledger-index"),
    path("stock/rows/<int:pk>/adjust/", stock.Adjust.as_view(), name="stock-adjust"),
    path("stock/rows/<int:pk>/move/", stock.Move.as_view(), name="stock-move"),
    path("bins/", places.BinIndex.as_view(), name="bins-index"),
    path("bins/<int:pk>/", places.BinPage.as_view(), name="bin"),
    path("products/", products.SkuIndex.as_view(), name="skus-index"),
    path("products/<int:pk>/", products.SkuPage.as_view(), name="sku"),
    path("counts/", counts.CountIndex.as_view(), name="counts-index"),
    path("counts/new/", counts.CountNew.as_view(), name="count-new"),
    path("counts/<int:pk>/", counts.CountPage.as_view(), name="count"),
    path("counts/<int:pk>/approve/", counts.ApproveCount.as_view(), name="count-approve"),
    path("counts/<int:pk>/recount/", counts.RecountCount.as_view(), name="count-recount"),
    path("counts/<int:pk>/cancel/", counts.CancelCount.as_view(), name="count-cancel"),
    path("adjustments/", counts.AdjustmentIndex.as_view(), name="adjustments-index"),
    path(
        "adjustments/<int:pk>/approve/",
        counts.ApproveAdjustment.as_view(),
        name="adjustment-approve",
    ),
    path(
        "adjustments/<int:pk>/refuse/",
        counts.RefuseAdjustment.as_view(),
        name="adjustment-refuse",
    ),
    path("lots/<int:pk>/", products.LotPage.as_view(), name="lot"),
    path("lots/<int:pk>/extend/", lot_care.ExtendLot.as_view(), name="lot-extend"),
    path(
        "lots/extensions/<int:pk>/document/",
        lot_care.ExtensionDocument.as_view(),
        name="lot-extension-document",
    ),
    path(
        "lots/extensions/<int:pk>/approve/",
        lot_care.ApproveExtension.as_view(),
        name="lot-extension-approve",
    ),
    path(
        "lots/extensions/<int:pk>/refuse/",
        lot_care.RefuseExtension.as_view(),
        name="lot-extension-refuse",
    ),
    path("shortfalls/", shortfalls.ShortfallIndex.as_view(), name="shortfalls-index"),
    path("shortfalls/<int:pk>/cut/", shortfalls.CutPlan.as_view(), name="shortfall-cut"),
    path("look-up/", lookup.LookUp.as_view(), name="look-up"),
    path("transfers/", transfers.TransferIndex.as_view(), name="transfers-index"),
    path("transfers/new/", transfers.TransferNew.as_view(), name="transfer-new"),
    path("transfers/<int:pk>/", transfers.TransferPage.as_view(), name="transfer"),
    path(
        "transfers/<int:pk>/approve/", transfers.ApproveTransfer.as_view(), name="transfer-approve"
    ),
    path("transfers/<int:pk>/cancel/", transfers.CancelTransfer.as_view(), name="transfer-cancel"),
    path(
        "transfers/<int:pk>/write-off/",
        transfers.WriteOffTransfer.as_view(),
        name="transfer-write-off",
    ),
    path(
        "transfers/<int:pk>/bring-back/",
        transfers.BringBackTransfer.as_view(),
        name="transfer-bring-back",
    ),
    path("transfers/<int:pk>/found/", transfers.FindTransfer.as_view(), name="transfer-found"),
    path("pick-faces/", pick_faces.PickFaceIndex.as_view(), name="pick-faces-index"),
    path("pick-faces/new/", pick_faces.PickFaceNew.as_view(), name="pick-face-new"),
    path("pick-faces/<int:pk>/", pick_faces.PickFacePage.as_view(), name="pick-face"),
    path("pick-faces/<int:pk>/end/", pick_faces.EndPickFace.as_view(), name="pick-face-end"),
    path("refills/", pick_faces.RefillIndex.as_view(), name="refills-index"),
    path("work-orders/", work_orders.WorkOrderIndex.as_view(), name="work-orders-index"),
    path("work-orders/buildable/", work_orders.KitBoard.as_view(), name="kit-board"),
    path("work-orders/new/", work_orders.WorkOrderNew.as_view(), name="work-order-new"),
    path("work-orders/<int:pk>/", work_orders.WorkOrderPage.as_view(), name="work-order"),
    path(
        "work-orders/<int:pk>/release/",
        work_orders.ReleaseWorkOrder.as_view(),
        name="work-order-release",
    ),
    path(
        "work-orders/<int:pk>/close/",
        work_orders.CloseWorkOrder.as_view(),
        name="work-order-close",
    ),
    path(
        "work-orders/<int:pk>/cancel/",
        work_orders.CancelWorkOrder.as_view(),
        name="work-order-cancel",
    ),
]
