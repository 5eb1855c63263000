"""Models of the orders app, one module per subject."""

from orders.models.channels import Channel, ChannelWarehouse, DestinationRule, DutyRate
from orders.models.imports import ReturnFact, SetAsideLine
from orders.models.life_rules import LifeRule
from orders.models.orders import Order, OrderHold, OrderLine
from orders.models.payments import Payment, RefundDue
from orders.models.routing import CarrierHoliday, RoutingDecision, StockPrice, TransitStat
from orders.models.shipments import Shipment, ShipmentLine
from orders.models.subscriptions import Subscription, SubscriptionLine, SubscriptionRun
from orders.models.substitutions import SubstitutionProposal
from orders.models.supply_notices import SupplyNotice

__all__ = [
    "CarrierHoliday",
    "Channel",
    "ChannelWarehouse",
    "DestinationRule",
    "DutyRate",
    "LifeRule",
    "Order",
    "OrderHold",
    "OrderLine",
    "Payment",
    "RefundDue",
    "ReturnFact",
    "RoutingDecision",
    "SetAsideLine",
    "Shipment",
    "ShipmentLine",
    "StockPrice",
    "Subscription",
    "SubscriptionLine",
    "SubscriptionRun",
    "SubstitutionProposal",
    "SupplyNotice",
    "TransitStat",
]
