"""What the floor keeps: waves, tasks, cartons, manifests, stations, scans."""

from fulfillment.models.dispatch import Manifest, ManifestParcel
from fulfillment.models.packing import Carton, CartonLine
from fulfillment.models.stations import FloorDevice, ScanRecord, Shift, Station
from fulfillment.models.waves import PickTask, PutBackTask, ShortDecision, Wave

__all__ = [
    "Carton",
    "CartonLine",
    "FloorDevice",
    "Manifest",
    "ManifestParcel",
    "PickTask",
    "PutBackTask",
    "ScanRecord",
    "Shift",
    "ShortDecision",
    "Station",
    "Wave",
]
