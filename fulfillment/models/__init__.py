"""What the floor keeps: waves, tasks, cartons, manifests, stations, scans."""

from fulfillment.models.desk_states import DeskState
from fulfillment.models.dispatch import Manifest, ManifestParcel
from fulfillment.models.inserts import (
    CampaignAssignment,
    CartonExtra,
    CouponCode,
    InsertCampaign,
    PackRule,
    RuleTrial,
)
from fulfillment.models.packing import Carton, CartonLine
from fulfillment.models.packing_plans import PackPlan
from fulfillment.models.pallets import Pallet, PalletCarton
from fulfillment.models.printing import (
    Media,
    Printer,
    PrintJob,
    ProblemReport,
    StationPrinter,
)
from fulfillment.models.put_away import PutAwayRun
from fulfillment.models.rounds import Cart, CartSlot, PickRound, PutWall, WallSlot
from fulfillment.models.stations import FloorDevice, ScanRecord, Shift, Station
from fulfillment.models.wave_rules import WaveRule
from fulfillment.models.waves import PickTask, PutBackTask, ShortDecision, Wave

__all__ = [
    "CampaignAssignment",
    "Cart",
    "CartSlot",
    "Carton",
    "CartonExtra",
    "CartonLine",
    "CouponCode",
    "DeskState",
    "FloorDevice",
    "InsertCampaign",
    "Manifest",
    "ManifestParcel",
    "Media",
    "PackPlan",
    "PackRule",
    "Pallet",
    "PalletCarton",
    "PickRound",
    "PickTask",
    "PrintJob",
    "Printer",
    "ProblemReport",
    "PutAwayRun",
    "PutBackTask",
    "PutWall",
    "RuleTrial",
    "ScanRecord",
    "Shift",
    "ShortDecision",
    "Station",
    "StationPrinter",
    "WallSlot",
    "Wave",
    "WaveRule",
]
