"""The words of the history: every kind of event, as `subject:action`."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened; the value is `subject:action` and never changes its meaning."""

    CASE_OPENED = "case:opened"
    CASE_SENT_BACK = "case:sent-back"
    CASE_CORRECTED = "case:corrected"
    CASE_CANCELLED = "case:cancelled"
    CASE_SUSPENDED = "case:suspended"
    CASE_RESUMED = "case:resumed"
    CASE_MIGRATED = "case:migrated"
    CASE_ENDED = "case:ended"
    TASK_COMPLETED = "task:completed"
    TASK_CLAIMED = "task:claimed"
    TASK_UNCLAIMED = "task:unclaimed"
    TASK_ASSIGNED = "task:assigned"
    TASK_DELEGATED = "task:delegated"
    TASK_RESCHEDULED = "task:rescheduled"
    TIMER_FIRED = "timer:fired"
    DEADLINE_EXTENDED = "deadline:extended"
    MESSAGE_RECEIVED = "message:received"
    EFFECT_BEGUN = "effect:begun"
    EFFECT_FINISHED = "effect:finished"
    EFFECT_FAILED = "effect:failed"
    INCIDENT_RAISED = "incident:raised"
    INCIDENT_RETRIED = "incident:retried"
    INCIDENT_ANNOTATED = "incident:annotated"
    DEFINITION_PUBLISHED = "definition:published"
    RECORD_READ = "record:read"
    RECORD_CHANGED = "record:changed"
    DOCUMENT_STORED = "document:stored"
    PAYLOAD_ERASED = "payload:erased"
    USER_ADDED = "user:added"
    USER_CHANGED = "user:changed"
    USER_SIGNED_IN = "user:signed-in"
    USER_SIGN_IN_FAILED = "user:sign-in-failed"
    TOKEN_ISSUED = "token:issued"  # noqa: S105  # the name of an event
    TOKEN_REVOKED = "token:revoked"  # noqa: S105  # the name of an event
    DEPUTY_APPOINTED = "deputy:appointed"
    DEPUTY_DISMISSED = "deputy:dismissed"
