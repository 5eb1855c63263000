"""API of returns: read, ask, approve, reject, cancel."""

from __future__ import annotations

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from core import clock
from core.api import CursorPages, IdempotentCreateMixin, VersionedMixin, parse_id
from core.errors import NotFound
from core.permissions import principal_of
from inventory.models import Sku
from orders.models import Order, OrderLine
from returns.models import ReturnLine, ReturnRequest
from returns.serializers import DecisionIn, RefusalIn, ReturnIn, ReturnOut
from returns.services import deciding, requesting
from returns.services.request_errors import ExchangeMissing, LineUnknown
from returns.services.requesting import LineDraft, RequestDraft


class ReturnFilter(filters.FilterSet):
    """Exact filters of the list of returns."""

    order = filters.CharFilter(field_name="order__number")
    channel = filters.CharFilter(field_name="channel__code")
    warehouse = filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = ReturnRequest
        fields = ("number", "status", "kind", "source")


@extend_schema(
    tags=["returns"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^ret_[1-9][0-9]*$")],
)
class ReturnViewSet(
    IdempotentCreateMixin,
    VersionedMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Returns of the channels and warehouses in the caller's scope."""

    capability = "returns.view"
    write_capability = "returns.manage"
    serializer_class = ReturnOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ReturnFilter
    ordering = ("-pk",)
    queryset = ReturnRequest.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        lines = ReturnLine.objects.select_related(
            "sku", "order_line", "reason", "exchange_sku", "request"
        )
        return (
            ReturnRequest.objects.visible_to(principal_of(self.request._request))
            .select_related("order", "channel", "warehouse")
            .prefetch_related(Prefetch("lines", lines.order_by("position")))
        )

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if "pk" in self.kwargs:
            self.kwargs["pk"] = parse_id("ret", str(self.kwargs["pk"]))
            # Whether the object exists for the caller comes before what the body says.
            if request.method == "POST":
                rows = ReturnRequest.objects.visible_to(principal_of(request._request))
                if not rows.filter(pk=self.kwargs["pk"]).exists():
                    raise NotFound

    @extend_schema(request=ReturnIn, responses={201: ReturnOut})
    def create(self, request):
        body = ReturnIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        data = body.validated_data
        if not Order.objects.visible_to(principal).filter(pk=data["order_id"]).exists():
            raise NotFound
        row = requesting.submit(_draft(data), actor=principal.actor, at=clock.now())
        return self._answer(row.pk, status.HTTP_201_CREATED)

    @extend_schema(request=DecisionIn, responses=ReturnOut)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        return self._step(deciding.approve, DecisionIn)

    @extend_schema(request=RefusalIn, responses=ReturnOut)
    @action(detail=True, methods=["post"])
    def reject(self, request, pk=None):
        return self._step(deciding.reject, RefusalIn)

    @extend_schema(request=RefusalIn, responses=ReturnOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        return self._step(deciding.cancel, RefusalIn)

    def _step(self, service, shape):
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        actor = principal_of(self.request._request).actor
        service(self.kwargs["pk"], actor=actor, at=clock.now(), **body.validated_data)
        return self._answer(self.kwargs["pk"])

    def _answer(self, pk, code=status.HTTP_200_OK):
        # Who asks for a return may not see it afterwards by warehouse scope; the answer shows it.
        row = ReturnRequest.objects.select_related("order", "channel", "warehouse").get(pk=pk)
        return Response(ReturnOut(row, context=self.get_serializer_context()).data, code)


def _draft(data):
    order_id = data["order_id"]
    ids = dict(OrderLine.objects.filter(order_id=order_id).values_list("position", "pk"))
    if {line["position"] for line in data["lines"]} - set(ids):
        raise LineUnknown
    codes = {line["exchange_sku"] for line in data["lines"] if line["exchange_sku"]}
    skus = dict(Sku.objects.filter(code__in=codes).values_list("code", "pk"))
    for code in sorted(codes - set(skus)):
        raise ExchangeMissing(name=code)
    return RequestDraft(
        order_id=order_id,
        lines=tuple(
            LineDraft(
                order_line_id=ids[line["position"]],
                qty=line["qty"],
                resolution=line["resolution"],
                reason_code=line["reason"],
                note=line["note"],
                exchange_sku_id=skus.get(line["exchange_sku"]),
            )
            for line in data["lines"]
        ),
        source="api",
        method=data["method"],
        note=data["note"],
    )
