"""Returns at the desk: index, page, acts, a new one."""

from __future__ import annotations

from django.urls import path

from returns.views import new_return, request_index, request_page

urlpatterns = [
    path("returns/", request_index.ReturnIndex.as_view(), name="return-index"),
    path("returns/approve/", request_index.BulkApprove.as_view(), name="return-bulk-approve"),
    path("returns/reject/", request_index.BulkReject.as_view(), name="return-bulk-reject"),
    path("returns/new/", new_return.FindOrder.as_view(), name="return-new"),
    path("returns/new/<int:pk>/", new_return.NewReturn.as_view(), name="return-new-lines"),
    path("returns/<int:pk>/", request_page.ReturnPage.as_view(), name="return-page"),
    path("returns/<int:pk>/peek/", request_index.ReturnPeek.as_view(), name="return-peek"),
    path("returns/<int:pk>/approve/", request_page.Approve.as_view(), name="return-approve"),
    path("returns/<int:pk>/reject/", request_page.Reject.as_view(), name="return-reject"),
    path("returns/<int:pk>/cancel/", request_page.Cancel.as_view(), name="return-cancel"),
    path("returns/<int:pk>/reopen/", request_page.Reopen.as_view(), name="return-reopen"),
    path("returns/<int:pk>/add/", request_page.AddLine.as_view(), name="return-add-line"),
    path("returns/<int:pk>/reship/", request_page.Reship.as_view(), name="return-reship"),
    path("returns/lines/<int:pk>/decide/", request_page.ChangeLine.as_view(), name="return-line"),
    path("returns/photos/<int:pk>/", request_page.Photo.as_view(), name="return-photo"),
]
