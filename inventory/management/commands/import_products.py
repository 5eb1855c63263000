from __future__ import annotations

from core.imports.command import FileImportCommand


class Command(FileImportCommand):
    help = "Create and change products from a file with a column `sku` (docs/import-mapping.md)."
    kind_code = "products"
