"""Rows of core. Import models from here."""

from core.models.people import (
    EVERY,
    ApiKey,
    Invitation,
    Role,
    RoleCapability,
    User,
    UserRole,
    UserScope,
    UserSession,
)

__all__ = [
    "EVERY",
    "ApiKey",
    "Invitation",
    "Role",
    "RoleCapability",
    "User",
    "UserRole",
    "UserScope",
    "UserSession",
]
