"""Who may call which action: a view names its capabilities, and one that does not is shut."""

from __future__ import annotations

from rest_framework.permissions import BasePermission

from core.permissions import SAFE_METHODS, principal_of, require_any


class CapabilityPermission(BasePermission):
    """Ask for the view's `capability`, or `write_capability` on unsafe methods.

    A view set may name one per action instead: `capabilities = {"cancel": "orders.cancel"}`.
    The view finds the caller in `principal_of(request)`.
    """

    def has_permission(self, request, view):
        # Authentication runs here, before the principal is read.
        if not request.user or not request.user.is_authenticated:
            return False
        needed = capability_of(view, request.method)
        if needed is None:
            return False
        require_any(
            principal_of(request._request), (needed,) if isinstance(needed, str) else needed
        )
        return True


def capability_of(view, method):
    """Return what a view asks for on this method, or None when it says nothing."""
    by_action = getattr(view, "capabilities", {})
    action = getattr(view, "action", None)
    if action in by_action:
        return by_action[action]
    if method not in SAFE_METHODS and getattr(view, "write_capability", None):
        return view.write_capability
    if method not in SAFE_METHODS and not getattr(view, "capability_covers_writes", False):
        return None
    return getattr(view, "capability", None)
