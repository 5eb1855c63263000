"""API of arrivals and purchase orders: read, announce, draft."""

from __future__ import annotations

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.response import Response

from core import clock
from core.api import CursorPages, IdempotentCreateMixin, parse_id
from core.errors import NotFound
from core.permissions import principal_of
from inventory.models import Sku, Warehouse
from suppliers.models import (
    Agreement,
    AgreementLine,
    Asn,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.queries import with_lines
from suppliers.serializers import (
    AgreementOut,
    ArrivalIn,
    ArrivalOut,
    PurchaseOrderIn,
    PurchaseOrderOut,
    SupplierOut,
)
from suppliers.services import arrivals, purchase_drafting
from suppliers.services.purchase_drafts import LineAsk, OrderDraft
from suppliers.services.purchase_errors import SkuUnknown, SupplierInactive


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Lists and single objects by an id such as `po_17`, the newest first, page by page."""

    id_prefix = ""
    pagination_class = CursorPages
    filter_backends = (filters.DjangoFilterBackend,)
    ordering = ("-pk",)
    lookup_value_regex = "[^/]+"

    def get_object(self):
        self.kwargs["pk"] = parse_id(self.id_prefix, str(self.kwargs["pk"]))
        return super().get_object()


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
class ArrivalViewSet(IdempotentCreateMixin, ReadViewSet):
    """Arrivals at the warehouses in the caller's scope."""

    id_prefix = "asn"
    capability = "suppliers.view"
    capabilities = {"create": "suppliers.manage_arrivals"}
    serializer_class = ArrivalOut
    filterset_class = ArrivalFilter
    queryset = Asn.objects.none()

    def get_queryset(self):
        return with_lines(Asn.objects.visible_to(principal_of(self.request._request)))

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


class PurchaseOrderFilter(filters.FilterSet):
    """Exact filters of the list of purchase orders."""

    supplier = filters.CharFilter(field_name="supplier__code")
    warehouse = filters.CharFilter(field_name="warehouse__code")

    class Meta:
        model = PurchaseOrder
        fields = ("number", "state", "mode")


@extend_schema(
    tags=["suppliers"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^po_[1-9][0-9]*$")],
)
class PurchaseOrderViewSet(IdempotentCreateMixin, ReadViewSet):
    """Purchase orders for the warehouses in the caller's scope, with their prices."""

    id_prefix = "po"
    capability = "suppliers.view_prices"
    capabilities = {"create": "suppliers.buy"}
    serializer_class = PurchaseOrderOut
    filterset_class = PurchaseOrderFilter
    queryset = PurchaseOrder.objects.none()

    def get_queryset(self):
        lines = PurchaseLine.objects.select_related("sku").order_by("position", "pk")
        return (
            PurchaseOrder.objects.visible_to(principal_of(self.request._request))
            .select_related("supplier", "warehouse")
            .prefetch_related(Prefetch("lines", lines))
        )

    @extend_schema(request=PurchaseOrderIn, responses={201: PurchaseOrderOut})
    def create(self, request):
        body = PurchaseOrderIn(data=request.data)
        body.is_valid(raise_exception=True)
        principal = principal_of(request._request)
        draft = _order_draft(body.validated_data, principal)
        order = purchase_drafting.create_draft(draft, actor=principal.actor, at=clock.now())
        shown = self.get_queryset().get(pk=order.pk)
        return Response(self.get_serializer(shown).data, status.HTTP_201_CREATED)


def _order_draft(data, principal):
    """Return what was sent as a draft; a warehouse out of scope does not exist."""
    place = Warehouse.objects.visible_to(principal).filter(code=data["warehouse"]).first()
    if place is None:
        raise NotFound
    supplier = Supplier.objects.visible_to(principal).filter(code=data["supplier"]).first()
    if supplier is None:
        raise SupplierInactive(supplier=data["supplier"])
    codes = [line["sku"] for line in data["lines"]]
    skus = dict(Sku.objects.visible_to(principal).filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in skus:
            raise SkuUnknown(sku=code)
    return OrderDraft(
        supplier_id=supplier.pk,
        warehouse_id=place.pk,
        lines=[
            LineAsk(skus[line["sku"]], line["need_qty"], line["unit_price"], line["reason"])
            for line in data["lines"]
        ],
        currency=data["currency"],
        mode=data["mode"],
        required_by=data["required_by"],
        reason=data["reason"],
        note=data["note"],
    )


class SupplierFilter(filters.FilterSet):
    """Exact filters of the supplier list."""

    class Meta:
        model = Supplier
        fields = ("code", "country", "risk", "is_active")


@extend_schema(
    tags=["suppliers"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^sup_[1-9][0-9]*$")],
)
class SupplierViewSet(ReadViewSet):
    """Suppliers with their terms; read only."""

    id_prefix = "sup"
    capability = "suppliers.view_prices"
    serializer_class = SupplierOut
    filterset_class = SupplierFilter
    queryset = Supplier.objects.none()

    def get_queryset(self):
        goods = SupplierSku.objects.select_related("sku").order_by("sku__code", "pk")
        leads = SupplierLeadTime.objects.order_by("mode", "pk")
        rows = Supplier.objects.visible_to(principal_of(self.request._request))
        return rows.prefetch_related(Prefetch("goods", goods), Prefetch("lead_times", leads))


class AgreementFilter(filters.FilterSet):
    """Exact filters of the list of agreements."""

    supplier = filters.CharFilter(field_name="supplier__code")

    class Meta:
        model = Agreement
        fields = ("number", "state", "is_current")


@extend_schema(
    tags=["suppliers"],
    parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH, pattern="^agr_[1-9][0-9]*$")],
)
class AgreementViewSet(ReadViewSet):
    """Agreements with suppliers, every version of them; read only."""

    id_prefix = "agr"
    capability = "suppliers.view_prices"
    serializer_class = AgreementOut
    filterset_class = AgreementFilter
    queryset = Agreement.objects.none()

    def get_queryset(self):
        lines = AgreementLine.objects.select_related("sku").order_by("sku__code", "min_qty")
        rows = Agreement.objects.visible_to(principal_of(self.request._request))
        return rows.select_related("supplier").prefetch_related(Prefetch("lines", lines))
