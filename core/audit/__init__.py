"""The audit log: who did what to which object, and the proof that nobody rewrote it."""

from core.audit.recording import AuditDraft, record, record_many
from core.audit.sealing import Breach, seal_due, verify

__all__ = ["AuditDraft", "Breach", "record", "record_many", "seal_due", "verify"]
