"""API of orders: read, place, hold, release, cancel."""

from __future__ import annotations

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.api import CursorPages, IdempotentCreateMixin, VersionedMixin, parse_id
from core.errors import NotFound
from core.permissions import principal_of
from orders.models import (
    Order,
    OrderHold,
    OrderLine,
    Shipment,
    ShipmentLine,
    Subscription,
    SubscriptionLine,
    SubscriptionRun,
)
from orders.serializers import (
    BasketIn,
    DeliveryOptionsOut,
    HoldIn,
    OrderIn,
    OrderOut,
    PaymentIn,
    ReasonIn,
    ReleaseIn,
    ShipmentDetailOut,
    SubscriptionEndIn,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionPauseIn,
    SubscriptionSkipIn,
    SubscriptionStepIn,
)
from orders.services import delivery, holds, lifecycle, paying, placing, subscriptions
from orders.services.subscriptions import Version


class OrderFilter(filters.FilterSet):
    """Exact filters of the order list."""

    channel = filters.CharFilter(field_name="channel__code")

    class Meta:
        model = Order
        fields = ("number", "external_id", "status", "stage", "ship_country")


@extend_schema(
    tags=["orders"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^ord_[1-9][0-9]*$")],
)
class OrderViewSet(
    IdempotentCreateMixin,
    VersionedMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Orders of the channels and warehouses in the caller's scope."""

    capability = "orders.view"
    capabilities = {
        "create": "orders.create",
        "hold": "orders.hold",
        "release": "orders.hold",
        "cancel": "orders.cancel",
        "payments": "orders.record_payment",
    }
    serializer_class = OrderOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = OrderFilter
    ordering = ("-pk",)
    queryset = Order.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        open_holds = OrderHold.objects.filter(released_at=None).order_by("pk")
        return (
            Order.objects.visible_to(principal_of(self.request._request))
            .select_related("channel")
            .prefetch_related(
                Prefetch("lines", OrderLine.objects.order_by("position")),
                Prefetch("shipments", Shipment.objects.select_related("warehouse").order_by("pk")),
                Prefetch("holds", open_holds, to_attr="open_holds"),
            )
        )

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if "pk" in self.kwargs:
            self.kwargs["pk"] = parse_id("ord", str(self.kwargs["pk"]))
            # Whether the object exists for the caller comes before what the body says.
            if request.method == "POST" and not self._exists():
                raise NotFound

    def _exists(self):
        rows = Order.objects.visible_to(principal_of(self.request._request))
        return rows.filter(pk=self.kwargs["pk"]).exists()

    @extend_schema(request=OrderIn, responses={201: OrderOut, 200: OrderOut})
    def create(self, request):
        body = OrderIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        draft = body.to_draft()
        if principal.channel_codes is not None and draft.channel not in principal.channel_codes:
            raise NotFound
        placed = placing.place(
            [draft], actor=principal.actor, as_of=clock.now(), source="api"
        ).orders[0]
        code = status.HTTP_201_CREATED if placed.outcome == "created" else status.HTTP_200_OK
        return Response(self._shown_order(placed.order_id), code)

    @extend_schema(request=HoldIn, responses=OrderOut)
    @action(detail=True, methods=["post"])
    def hold(self, request, pk=None):
        order = self.get_object()
        body = HoldIn(data=request.data)
        body.is_valid(raise_exception=True)
        holds.place_hold(order.pk, actor=self._actor(), at=clock.now(), **body.validated_data)
        return Response(self._shown_order(order.pk))

    @extend_schema(request=ReleaseIn, responses=OrderOut)
    @action(detail=True, methods=["post"])
    def release(self, request, pk=None):
        order = self.get_object()
        body = ReleaseIn(data=request.data)
        body.is_valid(raise_exception=True)
        holds.release_hold(order.pk, actor=self._actor(), at=clock.now(), **body.validated_data)
        return Response(self._shown_order(order.pk))

    @extend_schema(request=ReasonIn, responses=OrderOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        order = self.get_object()
        body = ReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        lifecycle.cancel(order.pk, actor=self._actor(), at=clock.now(), **body.validated_data)
        return Response(self._shown_order(order.pk))

    @extend_schema(request=PaymentIn, responses=OrderOut)
    @action(detail=True, methods=["post"])
    def payments(self, request, pk=None):
        order = self.get_object()
        body = PaymentIn(data=request.data)
        body.is_valid(raise_exception=True)
        paying.record_payment(order.pk, body.to_draft(), actor=self._actor(), at=clock.now())
        return Response(self._shown_order(order.pk))

    def _actor(self):
        return principal_of(self.request._request).actor

    def _shown_order(self, order_id):
        # Who places an order may not see it afterwards by warehouse scope; the answer shows it.
        rows = self.get_queryset().model._default_manager.filter(pk=order_id)
        row = rows.select_related("channel").get()
        row.open_holds = list(row.holds.filter(released_at=None).order_by("pk"))
        return OrderOut(row, context=self.get_serializer_context()).data


class ShipmentFilter(filters.FilterSet):
    """Exact filters of the shipment list."""

    order = filters.CharFilter(field_name="order__number")
    warehouse = filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = Shipment
        fields = ("number", "status", "service_code")


@extend_schema(
    tags=["orders"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^shp_[1-9][0-9]*$")],
)
class ShipmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Shipments of the warehouses and channels in the caller's scope."""

    capability = "orders.view"
    serializer_class = ShipmentDetailOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = ShipmentFilter
    ordering = ("-pk",)
    queryset = Shipment.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        lines = ShipmentLine.objects.select_related("sku").order_by("pk")
        return (
            Shipment.objects.visible_to(principal_of(self.request._request))
            .select_related("order", "warehouse")
            .prefetch_related(Prefetch("lines", lines))
        )

    def get_object(self):
        self.kwargs["pk"] = parse_id("shp", str(self.kwargs["pk"]))
        return super().get_object()


class DeliveryOptions(APIView):
    """Which deliveries a basket can have at this moment. Reserves and writes nothing."""

    capability = write_capability = "orders.create"

    @extend_schema(
        tags=["orders"],
        operation_id="delivery_options",
        request=BasketIn,
        responses=DeliveryOptionsOut,
    )
    def post(self, request):
        body = BasketIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        now = clock.now()
        draft = body.to_draft(now)
        if principal.channel_codes is not None and draft.channel not in principal.channel_codes:
            raise NotFound
        options = delivery.list_options(draft, as_of=now)
        return Response(DeliveryOptionsOut({"options": options}).data)


class SubscriptionFilter(filters.FilterSet):
    """Exact filters of the subscription list."""

    channel = filters.CharFilter(field_name="channel__code")

    class Meta:
        model = Subscription
        fields = ("number", "state", "next_on")


@extend_schema(
    tags=["subscriptions"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^sub_[1-9][0-9]*$")],
)
class SubscriptionViewSet(
    IdempotentCreateMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Subscriptions of the channels in the caller's scope."""

    capability = "orders.view"
    write_capability = "orders.manage_subscriptions"
    serializer_class = SubscriptionOut
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    filterset_class = SubscriptionFilter
    ordering = ("-pk",)
    queryset = Subscription.objects.none()
    lookup_value_regex = "[^/]+"

    def get_queryset(self):
        lines = SubscriptionLine.objects.select_related("sku").order_by("pk")
        runs = SubscriptionRun.objects.order_by("-due_on")
        return (
            Subscription.objects.visible_to(principal_of(self.request._request))
            .select_related("channel")
            .prefetch_related(
                Prefetch("lines", lines), Prefetch("runs", runs, to_attr="latest_runs")
            )
        )

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if "pk" in self.kwargs:
            self.kwargs["pk"] = parse_id("sub", str(self.kwargs["pk"]))
            # Whether the object exists for the caller comes before what the body says.
            self.get_object()

    @extend_schema(request=SubscriptionIn, responses={201: SubscriptionOut})
    def create(self, request):
        body = SubscriptionIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        draft = body.to_draft()
        if principal.channel_codes is not None and draft.channel not in principal.channel_codes:
            raise NotFound
        row = subscriptions.create(draft, actor=principal.actor, at=clock.now())
        return self._shown(row.pk, status.HTTP_201_CREATED)

    @extend_schema(request=SubscriptionPauseIn, responses=SubscriptionOut)
    @action(detail=True, methods=["post"])
    def pause(self, request, pk=None):
        return self._step(subscriptions.pause, SubscriptionPauseIn, "until", "reason")

    @extend_schema(request=SubscriptionStepIn, responses=SubscriptionOut)
    @action(detail=True, methods=["post"])
    def resume(self, request, pk=None):
        return self._step(subscriptions.resume, SubscriptionStepIn, today=clock.now().date())

    @extend_schema(request=SubscriptionSkipIn, responses=SubscriptionOut)
    @action(detail=True, methods=["post"])
    def skip(self, request, pk=None):
        return self._step(subscriptions.skip, SubscriptionSkipIn, "due_on", "reason")

    @extend_schema(request=SubscriptionEndIn, responses=SubscriptionOut)
    @action(detail=True, methods=["post"])
    def end(self, request, pk=None):
        return self._step(subscriptions.end, SubscriptionEndIn, "reason")

    def _step(self, service, shape, *names, **more):
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        service(
            Version(self.kwargs["pk"], data["version"]),
            **{name: data[name] for name in names},
            **more,
            actor=principal_of(self.request._request).actor,
            at=clock.now(),
        )
        return self._shown(self.kwargs["pk"])

    def _shown(self, pk, code=status.HTTP_200_OK):
        row = self.get_queryset().get(pk=pk)
        return Response(SubscriptionOut(row, context=self.get_serializer_context()).data, code)
