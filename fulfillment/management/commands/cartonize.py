from __future__ import annotations

import json
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from fulfillment.domain import cartonize_file


class Command(BaseCommand):
    help = "Pack the orders of a file into its boxes and print where each unit lies."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="docs/cartonize-format.md says how")
        parser.add_argument("--json", action="store_true", help="print JSON with coordinates")

    def handle(self, *args, **options):
        path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        try:
            task = cartonize_file.read(data)
        except cartonize_file.FileRefused as refused:
            lines = [f"  {fault.place}: {fault.why}" for fault in refused.faults]
            raise CommandError("\n".join([f"{path.name} can't be used:", *lines])) from refused
        began = time.perf_counter()
        answers = list(cartonize_file.solve(task))
        seconds = time.perf_counter() - began
        if options["json"]:
            self.stdout.write(json.dumps({"format": cartonize_file.FORMAT, "answers": answers}))
            return
        for answer in answers:
            self._print(answer)
        self.stdout.write(f"{len(answers)} orders in {seconds:.2f} s")

    def _print(self, answer):
        boxes = [parcel["box"] or "own packaging" for parcel in answer["parcels"]]
        self.stdout.write(f"{answer['order']}: {', '.join(boxes) or 'nothing'} {answer['total']}")
        for parcel in answer["parcels"]:
            name = parcel["box"] or "own packaging"
            weight = f"{parcel['weight_g']} g, billed {parcel['billable_g']} g"
            self.stdout.write(f"  {name}: {parcel['fill_percent']} % full, {weight}")
            for number, unit in enumerate(parcel["units"], 1):
                at = " ".join(map(str, unit["at_mm"]))
                size = " x ".join(map(str, unit["size_mm"]))
                self.stdout.write(f"    {number}. {unit['sku']} {size} mm at {at}")
        for sku in answer["oversize"]:
            self.stdout.write(f"  oversize: {sku}")
