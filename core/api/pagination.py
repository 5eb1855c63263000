"""Lists come in pages with a cursor: 50 rows, at most 200, in a total order."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Page by position, so that rows that come or go move nothing. A view sets `ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = ("-pk",)

    def get_ordering(self, request, queryset, view):
        """Return the view's order with the primary key behind it, which makes it total."""
        named = getattr(view, "ordering", None) or self.ordering
        fields = (named,) if isinstance(named, str) else tuple(named)
        return fields if fields[-1].lstrip("-") in {"pk", "id"} else (*fields, "-pk")
