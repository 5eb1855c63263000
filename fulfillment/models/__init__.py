"""What the floor keeps: waves, tasks, cartons, manifests, stations, scans."""

from fulfillment.models.dispatch import Manifest, ManifestParcel
from fulfillment.models.packing import Carton, CartonLine
from fulfillment.models.stations import ScanRecord, Station
from fulfillment.models.waves import PickTask, PutBackTask, ShortDecision, Wave

__all__ = [
    "Carton",
    "CartonLine",
    "Manifest",
    "ManifestParcel",
    "PickTask",
    "PutBackTask",
    "ScanRecord",
    "ShortDecision",
    "Station",
    "Wave",
]
