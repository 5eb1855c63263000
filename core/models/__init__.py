"""Rows of core. Import models from here."""

from core.models.approvals import (
    ApprovalAuthor,
    ApprovalDelegation,
    ApprovalNote,
    ApprovalPolicy,
    ApprovalPolicyStep,
    ApprovalRequest,
    ApprovalStep,
)
from core.models.audit import AuditEntry, AuditReseal, AuditSeal
from core.models.documents import DocumentNumber, IdempotencyKey, OutboundMail, StoredFile
from core.models.events import HandledEvent, OutboxEvent
from core.models.imports import (
    ImportBatch,
    ImportChange,
    ImportIssue,
    ImportMapping,
    ImportRow,
)
from core.models.jobs import Job, JobHeartbeat, ScheduleSlot
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
from core.models.rates import ExchangeRate
from core.models.second_factor import SecondFactorReset, TrustedBrowser
from core.models.settings import Setting
from core.models.shell import Notice, SavedView

__all__ = [
    "EVERY",
    "ApiKey",
    "ApprovalAuthor",
    "ApprovalDelegation",
    "ApprovalNote",
    "ApprovalPolicy",
    "ApprovalPolicyStep",
    "ApprovalRequest",
    "ApprovalStep",
    "AuditEntry",
    "AuditReseal",
    "AuditSeal",
    "DocumentNumber",
    "ExchangeRate",
    "HandledEvent",
    "IdempotencyKey",
    "ImportBatch",
    "ImportChange",
    "ImportIssue",
    "ImportMapping",
    "ImportRow",
    "Invitation",
    "Job",
    "JobHeartbeat",
    "Notice",
    "OutboundMail",
    "OutboxEvent",
    "Role",
    "RoleCapability",
    "SavedView",
    "ScheduleSlot",
    "SecondFactorReset",
    "Setting",
    "StoredFile",
    "TrustedBrowser",
    "User",
    "UserRole",
    "UserScope",
    "UserSession",
]
