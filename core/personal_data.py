"""Which fields of core are personal, and which only sound so."""

from __future__ import annotations

from core import pii

pii.declare_many(
    "core.User",
    {
        "username": "staff",
        "full_name": "staff",
        "email": "staff",
        "password": "secret",
        "pin_hash": "secret",
        "badge_code": "staff",
        "pin_failed_count": "staff",
        "pin_failed_at": "staff",
    },
)
pii.declare_many("core.Invitation", {"email": "staff", "full_name": "staff"})
pii.declare_many("core.UserSession", {"ip_address": "staff", "user_agent": "staff"})
pii.declare_many("core.TrustedBrowser", {"ip_address": "staff", "user_agent": "staff"})
pii.declare("core.TrustedBrowser", "token_hash", "secret")
pii.declare("core.SecondFactorReset", "reason", "staff")
pii.declare_many("core.ApiKey", {"name": "none", "secret_hash": "secret", "last_used_ip": "staff"})
pii.declare("core.OutboundMail", "to", "contact")
pii.declare("core.AuditEntry", "actor_label", "staff")
for _model in ("Role", "StoredFile", "OutboxEvent", "Job", "ScheduleSlot", "Setting", "SavedView"):
    pii.declare(f"core.{_model}", "name", "none")
pii.declare_many("core.ImportBatch", {"file_name": "none"})
pii.declare("core.ImportMapping", "name", "none")
# Cells of files may hold anything a shop writes about its customers.
pii.declare("core.ImportIssue", "value", "free_text")
pii.declare("core.ImportRow", "diff", "free_text")
pii.declare_many("core.ImportChange", {"before": "free_text", "after": "free_text"})
for _model in ("ApprovalPolicy",):
    pii.declare(f"core.{_model}", "name", "none")
