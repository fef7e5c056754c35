"""The JSON of every noun, written with marshmallow for answers, requests and the reference."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate

REASON = validate.Length(min=1, max=10_000)


#: Beyond these an offset leads out of the calendar; no working life goes there.
_YEARS = validate.Range(datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC))


class Instant(fields.AwareDateTime):
    """An instant with its offset, from 1900 to 2999."""

    def __init__(self, **more: Any) -> None:  # noqa: ANN401  # marshmallow's own options
        super().__init__(validate=_YEARS, **more)


class Empty(Schema):
    """Nothing."""


class TaskOut(Schema):
    """A task, open or closed."""

    id = fields.UUID()
    case = fields.UUID(attribute="case_id")
    case_title = fields.String()
    case_key = fields.String(allow_none=True)
    process = fields.String()
    element = fields.String()
    name = fields.String()
    form = fields.String(allow_none=True)
    assignee = fields.String(allow_none=True)
    candidate_groups = fields.List(fields.String())
    candidate_users = fields.List(fields.String())
    due_at = Instant(allow_none=True)
    follow_up_at = Instant(allow_none=True)
    priority = fields.Integer()
    lane = fields.String(allow_none=True)
    legal_basis = fields.String(allow_none=True)
    differs_from = fields.List(fields.String())
    in_person = fields.Boolean()
    confidential = fields.Boolean()
    instance = fields.Integer(allow_none=True)
    opened_at = Instant()
    suspended = fields.Boolean()
    closed_at = Instant(allow_none=True)
    closed_by = fields.String(allow_none=True)
    revision = fields.Integer(metadata={"description": "of its case; the ETag"})
    why = fields.String(metadata={"description": "why it stands in your inbox"})


class DraftOut(Schema):
    """An unsubmitted form."""

    content = fields.Dict()
    saved_at = Instant()
    saved_by = fields.String()


class TaskFileOut(TaskOut):
    """A task with all that is needed to work on it."""

    form_schema = fields.Dict(allow_none=True, metadata={"description": "form-js schema"})
    variables = fields.Dict(metadata={"description": "what the form sees"})
    draft = fields.Nested(DraftOut, allow_none=True)


class SubmissionIn(Schema):
    """A filled form."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)


class ReasonIn(Schema):
    """Why."""

    reason = fields.String(required=True, validate=REASON)


class AssignIn(Schema):
    """To whom."""

    to = fields.String(required=True)
    reason = fields.String(load_default=None, validate=REASON)


class DelegateIn(ReasonIn):
    """To whom and why."""

    to = fields.String(required=True)


class SendBackIn(ReasonIn):
    """To which earlier task and why."""

    to_element = fields.String(required=True)


class RescheduleIn(ReasonIn):
    """What to change about a task and why."""

    due_at = Instant(allow_none=True)
    follow_up_at = Instant(allow_none=True)
    priority = fields.Integer(validate=validate.Range(0, 100))


class CaseOut(Schema):
    """A case in a list."""

    id = fields.UUID()
    process = fields.String()
    definition = fields.String(metadata={"description": "digest of the version it runs on"})
    revision = fields.Integer()
    title = fields.String()
    key = fields.String(allow_none=True)
    parent = fields.UUID(allow_none=True)
    opened_at = Instant()
    changed_at = Instant()
    changed_by = fields.String()
    ended_at = Instant(allow_none=True)
    ended_element = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    suspended_at = Instant(allow_none=True)


class TimerOut(Schema):
    """A running deadline."""

    id = fields.UUID()
    case = fields.UUID(attribute="case_id")
    case_title = fields.String()
    element = fields.String()
    attached_to = fields.String(allow_none=True)
    due_at = Instant()
    held_at = Instant(allow_none=True)


class TokenOut(Schema):
    """An active element of a case."""

    id = fields.String()
    element = fields.String()
    kind = fields.String()
    instance = fields.Integer(allow_none=True)


class ScopeOut(Schema):
    """The variables of one scope."""

    element = fields.String(allow_none=True)
    instance = fields.Integer(allow_none=True)
    variables = fields.Dict()


class CaseFileOut(CaseOut):
    """A case with all that one may see of it."""

    version = fields.Integer()
    tasks = fields.List(fields.Nested(TaskOut))
    timers = fields.List(fields.Nested(TimerOut))
    messages = fields.List(fields.String(), metadata={"description": "messages it waits for"})
    tokens = fields.List(fields.Nested(TokenOut))
    completed = fields.Dict(metadata={"description": "how often each element was completed"})
    flows = fields.Dict(metadata={"description": "how often each flow was taken"})
    scopes = fields.List(fields.Nested(ScopeOut))


class OpenCaseIn(Schema):
    """What a new case begins with."""

    id = fields.UUID(metadata={"description": "drawn by the server when left out"})
    process = fields.String(required=True)
    title = fields.String(required=True, validate=validate.Length(min=1, max=500))
    key = fields.String(load_default=None, validate=validate.Length(max=200))
    parent = fields.UUID(load_default=None)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class MessageIn(Schema):
    """A message to a case."""

    message = fields.String(required=True)
    correlation = fields.String(load_default=None)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class CorrectIn(ReasonIn):
    """Corrected variables and why."""

    variables = fields.Dict(keys=fields.String(), required=True)


class ExtendIn(ReasonIn):
    """The new instant and why."""

    due_at = Instant(required=True)


class MigrationIn(Schema):
    """To which version, and which element becomes which."""

    to = fields.String(required=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class MigrateIn(MigrationIn):
    """A migration that is carried out."""

    reason = fields.String(required=True, validate=REASON)
    recompute_timers = fields.Boolean(load_default=False)


class MoveOut(Schema):
    """One active element of a migration."""

    element = fields.String()
    target = fields.String(allow_none=True)
    obstacle = fields.String(allow_none=True)


class PreviewOut(Schema):
    """What a migration would do."""

    possible = fields.Boolean(attribute="is_possible")
    moves = fields.List(fields.Nested(MoveOut))
    added = fields.List(fields.String())
    removed = fields.List(fields.String())


class EventOut(Schema):
    """One sealed event; `content` is null where you may not see it or it was erased."""

    stream = fields.String()
    seq = fields.Integer()
    at = Instant()
    actor = fields.String()
    on_behalf_of = fields.String(allow_none=True)
    kind = fields.String()
    element = fields.String(allow_none=True)
    definition = fields.String(allow_none=True)
    hash = fields.String()
    previous = fields.String()
    commitment = fields.String()
    erased_under = fields.String(allow_none=True)
    content = fields.Dict(allow_none=True)


class VerdictOut(Schema):
    """The result of a verification."""

    stream = fields.String()
    ok = fields.Boolean()
    events = fields.Integer()
    first_bad = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    erased = fields.Integer()


class MomentOut(Schema):
    """A case as it was at an instant."""

    seq = fields.Integer()
    at = Instant()
    definition = fields.String()
    tasks = fields.List(fields.Dict())
    timers = fields.List(fields.Dict())
    variables = fields.Dict()
    tokens = fields.List(fields.Nested(TokenOut))
    completed = fields.Dict()
    flows = fields.Dict()
    outcome = fields.String(allow_none=True)


class VersionOut(Schema):
    """A published version of a process."""

    digest = fields.String()
    process = fields.String()
    version = fields.Integer()
    name = fields.String()
    comment = fields.String()
    published_at = Instant()
    published_by = fields.String()
    running = fields.Integer()
    ended = fields.Integer()


class FilesIn(Schema):
    """Files by name, as text."""

    files = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"^[A-Za-z0-9_.-]{1,100}$")),
        values=fields.String(validate=validate.Length(max=5_000_000)),
        required=True,
        validate=validate.Length(max=300),
    )


class PublishIn(FilesIn):
    """A process to publish with its files."""

    process = fields.String(required=True)
    comment = fields.String(required=True, validate=REASON)


class FindingOut(Schema):
    """What the gate has to say about one place."""

    code = fields.String()
    severity = fields.String()
    message = fields.String()
    remedy = fields.String()
    file = fields.String()
    element = fields.String(allow_none=True)
    line = fields.Integer(allow_none=True)
    position = fields.Integer(allow_none=True)


class DifferenceOut(Schema):
    """What differs between two versions."""

    added = fields.List(fields.String())
    removed = fields.List(fields.String())
    changed = fields.List(fields.String())
    files = fields.List(fields.String())


class IncidentOut(Schema):
    """Something that stopped a case."""

    id = fields.UUID()
    case = fields.UUID(attribute="case_id")
    case_title = fields.String()
    element = fields.String(allow_none=True)
    subject = fields.String()
    message = fields.String()
    raised_at = Instant()
    note = fields.String(allow_none=True)
    resolved_at = Instant(allow_none=True)
    resolved_by = fields.String(allow_none=True)


class NoteIn(Schema):
    """What was found or mended."""

    note = fields.String(required=True, validate=REASON)


class UserOut(Schema):
    """A person."""

    name = fields.String()
    full_name = fields.String()
    email = fields.String(allow_none=True)
    roles = fields.List(fields.String())
    active = fields.Boolean()


class UserIn(Schema):
    """A new person."""

    name = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9._-]{1,62}$"))
    full_name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    email = fields.Email(load_default=None)
    roles = fields.List(fields.String(), required=True)
    password = fields.String(load_only=True, load_default=None)


class UserChangeIn(Schema):
    """What changes about a person."""

    full_name = fields.String(validate=validate.Length(min=1, max=200))
    email = fields.Email(allow_none=True)
    roles = fields.List(fields.String())
    active = fields.Boolean()


class DeputyIn(Schema):
    """Who stands in for whom, both days included."""

    absent = fields.String(required=True)
    deputy = fields.String(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)


class DeputyOut(DeputyIn):
    """A deputyship."""

    id = fields.UUID()
    appointed_by = fields.String()
    appointed_at = Instant()


class TokenIn(Schema):
    """A new API token."""

    label = fields.String(required=True, validate=validate.Length(min=1, max=200))
    expires_at = Instant(load_default=None)
    roles = fields.List(fields.String(), load_default=None, allow_none=True)


class NewTokenOut(Schema):
    """An API token; it is shown this once."""

    token = fields.String()
    digest = fields.String()


class SignInIn(Schema):
    """Name and password."""

    name = fields.String(required=True, validate=validate.Length(max=200))
    password = fields.String(required=True, validate=validate.Length(max=1000))


class MeOut(Schema):
    """Who you are and for whom you may act today."""

    name = fields.String()
    roles = fields.List(fields.String())
    principals = fields.List(fields.String())


class EvaluateIn(Schema):
    """An expression and the values it sees."""

    expression = fields.String(required=True)
    context = fields.Dict(load_default=dict)
    unary_input = fields.Raw(allow_none=True)


class ValueOut(Schema):
    """A value."""

    value = fields.Raw(allow_none=True)


class DecideIn(Schema):
    """Which decision of which version, on what."""

    definition = fields.String(required=True)
    decision = fields.String(required=True)
    context = fields.Dict(load_default=dict)


class TimeLimitIn(Schema):
    """Which function, from when, how long, where."""

    function = fields.String(
        required=True, validate=validate.OneOf(["legal_limit", "service_end", "latest_before"])
    )
    start = fields.String(required=True, metadata={"description": "ISO date, or instant for hours"})
    period = fields.String(required=True, metadata={"example": "P20D, P3M, 8 wd"})
    site = fields.String(load_default="LUX", validate=validate.OneOf(["LUX", "BRU"]))
