"""Which fields of core are personal, and which only sound so."""

from __future__ import annotations

from core import erasing, pii

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

# Mail to the person: the fact that it was sent stays, the address goes.
erasing.wipe(
    "core.OutboundMail",
    {"to": "erased@erased.invalid", "context": {}, "subject": "", "error": ""},
    of={"to": "@email"},
)
erasing.sweep("core.OutboundMail", ["dedupe_key"])
erasing.sweep("core.ImportIssue", ["value"])
erasing.sweep("core.ImportRow", ["key", "diff"])
erasing.sweep("core.ImportChange", ["before", "after", "label"])
erasing.sweep("core.IdempotencyKey", ["body", "headers"])
erasing.sweep("core.Job", ["title", "args", "result", "error", "progress_text"])
