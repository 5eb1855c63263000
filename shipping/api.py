"""API of shipping: parcels to read, tracking events to report."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import CursorPages, VersionedMixin, parse_id
from core.permissions import principal_of
from shipping.models import Parcel, ParcelItem, TrackingEvent
from shipping.serializers import ParcelOut, TrackingBatchIn, TrackingReportOut
from shipping.services import tracking


class ParcelFilter(filters.FilterSet):
    """Exact filters of the parcel list."""

    class Meta:
        model = Parcel
        fields = ("number", "order_number", "shipment_number", "tracking_number", "state")


@extend_schema(
    tags=["shipping"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^par_[1-9][0-9]*$")],
)
class ParcelViewSet(
    VersionedMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """Parcels of the warehouses in the caller's scope."""

    capability = "shipping.view"
    serializer_class = ParcelOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ParcelFilter
    ordering = ("-pk",)
    queryset = Parcel.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        rows = Parcel.objects.visible_to(principal_of(self.request._request))
        return rows.select_related("service").prefetch_related(
            Prefetch("items", ParcelItem.objects.order_by("pk")),
            Prefetch("events", TrackingEvent.objects.order_by("-at", "-pk")),
        )

    def get_object(self):
        self.kwargs["pk"] = parse_id("par", str(self.kwargs["pk"]))
        return super().get_object()


class TrackingEvents(APIView):
    """Reports of carriers, by integrators. A repeated report adds nothing."""

    capability = write_capability = "shipping.track"

    @extend_schema(
        tags=["shipping"],
        operation_id="tracking_events_create",
        request=TrackingBatchIn,
        responses={200: TrackingReportOut},
    )
    def post(self, request):
        body = TrackingBatchIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        report = tracking.record_events(
            [tracking.TrackingDraft(**event) for event in body.validated_data["events"]],
            at=clock.now(),
            actor=principal.actor,
            within=principal.warehouse_codes,
        )
        return Response(asdict(report))
