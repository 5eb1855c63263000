"""The index-page kit. How to declare one: docs/howto-index-page.md."""

from core.tables.bulk import BulkView, read_selection
from core.tables.declaring import BulkAction, Column, EmptyText, Filter, PageButton, Tab
from core.tables.rows import IndexRows, Selection
from core.tables.views import IndexView, TabLink

__all__ = [
    "BulkAction",
    "BulkView",
    "Column",
    "EmptyText",
    "Filter",
    "IndexRows",
    "IndexView",
    "PageButton",
    "Selection",
    "Tab",
    "TabLink",
    "read_selection",
]
