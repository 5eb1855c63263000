"""Pages of arrivals and of goods nobody announced."""

from django.urls import include, path

from suppliers.views import (
    agreements,
    announcing,
    arrivals,
    inbound_calendar,
    supplier_edits,
    suppliers,
    unidentified,
)

urlpatterns = [
    path("approvals/", include("suppliers.approval_urls")),
    path("costs/", include("suppliers.cost_urls")),
    path("arrivals/", arrivals.ArrivalIndex.as_view(), name="arrivals-index"),
    path(
        "arrivals/calendar/",
        inbound_calendar.InboundCalendar.as_view(),
        name="arrivals-calendar",
    ),
    path("arrivals/new/", arrivals.ArrivalNew.as_view(), name="arrival-new"),
    path(
        "arrivals/differences/",
        arrivals.DifferenceIndex.as_view(),
        name="arrival-differences-index",
    ),
    path("arrivals/<int:pk>/", arrivals.ArrivalPage.as_view(), name="arrival"),
    path("arrivals/<int:pk>/close-short/", arrivals.CloseShort.as_view(), name="arrival-short"),
    path("arrivals/<int:pk>/cancel/", arrivals.CancelArrival.as_view(), name="arrival-cancel"),
    path("arrivals/<int:pk>/day/", announcing.RescheduleArrival.as_view(), name="arrival-day"),
    path(
        "purchase-orders/<int:pk>/arrival/",
        announcing.OrderArrivalNew.as_view(),
        name="purchase-order-arrival",
    ),
    path(
        "arrivals/damage/<int:pk>/photo/", arrivals.DamagePhotoFile.as_view(), name="damage-photo"
    ),
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
    path("suppliers/", suppliers.SupplierIndex.as_view(), name="suppliers-index"),
    path("suppliers/new/", supplier_edits.SupplierNew.as_view(), name="supplier-new"),
    path("suppliers/<int:pk>/", suppliers.SupplierPage.as_view(), name="supplier"),
    path("suppliers/<int:pk>/edit/", supplier_edits.SupplierEdit.as_view(), name="supplier-edit"),
    path(
        "suppliers/<int:pk>/contact/", supplier_edits.AddContact.as_view(), name="supplier-contact"
    ),
    path(
        "suppliers/<int:pk>/lead-times/",
        supplier_edits.SetLeadTimes.as_view(),
        name="supplier-lead-times",
    ),
    path("suppliers/<int:pk>/goods/", supplier_edits.PutGoods.as_view(), name="supplier-goods"),
    path(
        "suppliers/<int:pk>/document/",
        supplier_edits.DocumentNew.as_view(),
        name="supplier-document",
    ),
    path(
        "supplier-contacts/<int:pk>/",
        supplier_edits.EditContact.as_view(),
        name="supplier-contact-edit",
    ),
    path(
        "supplier-goods/<int:pk>/", supplier_edits.EditGoods.as_view(), name="supplier-goods-edit"
    ),
    path(
        "supplier-goods/<int:pk>/prices/",
        supplier_edits.SetPrices.as_view(),
        name="supplier-prices",
    ),
    path(
        "supplier-documents/<int:pk>/file/",
        supplier_edits.DocumentFile.as_view(),
        name="supplier-document-file",
    ),
    path(
        "supplier-documents/<int:pk>/withdraw/",
        supplier_edits.WithdrawDocument.as_view(),
        name="supplier-document-withdraw",
    ),
    path("agreements/", agreements.AgreementIndex.as_view(), name="agreements-index"),
    path("agreements/new/", agreements.AgreementNew.as_view(), name="agreement-new"),
    path("agreements/<int:pk>/", agreements.AgreementPage.as_view(), name="agreement"),
    path("agreements/<int:pk>/edit/", agreements.AgreementEdit.as_view(), name="agreement-edit"),
    path(
        "agreements/<int:pk>/submit/",
        agreements.SubmitAgreement.as_view(),
        name="agreement-submit",
    ),
    path(
        "agreements/<int:pk>/withdraw/",
        agreements.WithdrawAgreement.as_view(),
        name="agreement-withdraw",
    ),
    path(
        "agreements/<int:pk>/suspend/",
        agreements.SuspendAgreement.as_view(),
        name="agreement-suspend",
    ),
    path(
        "agreements/<int:pk>/resume/",
        agreements.ResumeAgreement.as_view(),
        name="agreement-resume",
    ),
    path(
        "agreements/<int:pk>/end/",
        agreements.EndAgreement.as_view(),
        name="agreement-end",
    ),
    path(
        "agreements/<int:pk>/sign/",
        agreements.SignAgreement.as_view(),
        name="agreement-sign",
    ),
    path(
        "agreements/<int:pk>/renew/",
        agreements.RenewAgreement.as_view(),
        name="agreement-renew",
    ),
    path(
        "agreements/<int:pk>/discard/",
        agreements.DiscardAgreement.as_view(),
        name="agreement-discard",
    ),
]
