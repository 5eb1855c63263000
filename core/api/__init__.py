"""The frame of the API: who calls, what they may do, pages, problems, limits, versions.

Import from here: `from core.api import CapabilityPermission, CursorPages, VersionedMixin`.
"""

from core.api.authentication import ApiKeyAuthentication, PersonAuthentication
from core.api.fields import MoneyField, PrefixedIdField, parse_id
from core.api.idempotency import IdempotentCreateMixin
from core.api.pagination import CursorPages
from core.api.permissions import CapabilityPermission
from core.api.problems import (
    Problem,
    ProblemSerializer,
    problem_handler,
)
from core.api.throttles import PrincipalThrottle
from core.api.versions import VersionedMixin, check_if_match, etag_of

__all__ = [
    "ApiKeyAuthentication",
    "CapabilityPermission",
    "CursorPages",
    "IdempotentCreateMixin",
    "MoneyField",
    "PersonAuthentication",
    "PrefixedIdField",
    "PrincipalThrottle",
    "Problem",
    "ProblemSerializer",
    "VersionedMixin",
    "check_if_match",
    "etag_of",
    "parse_id",
    "problem_handler",
]
