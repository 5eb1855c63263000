"""API of arrivals: read, announce."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.response import Response

from core import clock
from core.api import CursorPages, IdempotentCreateMixin, parse_id
from core.errors import NotFound
from core.permissions import principal_of
from suppliers.models import Asn
from suppliers.queries import with_lines
from suppliers.serializers import ArrivalIn, ArrivalOut
from suppliers.services import arrivals


class ArrivalFilter(filters.FilterSet):
    """Exact filters of the arrival list."""

    supplier = filters.CharFilter(field_name="supplier__code")
    warehouse = filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = Asn
        fields = ("number", "reference", "tracking", "state")


@extend_schema(
    tags=["suppliers"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^asn_[1-9][0-9]*$")],
)
class ArrivalViewSet(
    IdempotentCreateMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Arrivals at the warehouses in the caller's scope."""

    capability = "suppliers.view"
    capabilities = {"create": "suppliers.manage_arrivals"}
    serializer_class = ArrivalOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ArrivalFilter
    ordering = ("-pk",)
    queryset = Asn.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        return with_lines(Asn.objects.visible_to(principal_of(self.request._request)))

    def get_object(self):
        self.kwargs["pk"] = parse_id("asn", str(self.kwargs["pk"]))
        return super().get_object()

    @extend_schema(request=ArrivalIn, responses={201: ArrivalOut})
    def create(self, request):
        body = ArrivalIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        draft = body.to_draft()
        if not principal.sees_warehouse(draft.warehouse_code):
            raise NotFound
        asn = arrivals.announce(draft, actor=principal.actor, at=clock.now())
        shown = self.get_queryset().get(pk=asn.pk)
        return Response(self.get_serializer(shown).data, status.HTTP_201_CREATED)
