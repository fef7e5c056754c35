"""A whole institution's rows: one of each is made in earnest, then repeated under other ids."""

from collections.abc import Mapping

from sqlalchemy import text

from bench.house import Bench
from cursus import wiring
from cursus.demo import director, mails, register
from engine import clock, definitions, worker, worklist
from engine.access import Actor
from engine.cases import Act
from engine.kernel.stages import course
from engine.store import begin
from recruitment import intake
from recruitment.store import records, screening

CASES, TASKS_EACH, ON_ONE_CALL = 20_000, 5, 2_000
EVENTS_EACH, FAILED = 10, 1_000
MAILS, REGISTERED = 2_000, 50_000
#: A row of the first application again, under other ids; `n` runs over the wanted numbers.
_AGAIN = """
INSERT INTO "{table}"
SELECT (jsonb_populate_record(one, {changes})).*
FROM "{table}" AS one, generate_series({first}, {last}) AS n WHERE {which}
"""
_CASE, _TASK = "md5('case' || {n})::uuid", "md5('task' || n)::uuid"
_FAILED = "md5('failed' || n)::uuid"
#: All tasks of a case wait in one stage, and only one of them at a step of screening.
_ONE_OF = f"""(CASE WHEN n <= {CASES}
    THEN CAST(:elements AS text[]) ELSE CAST(:others AS text[]) END
)[(n - 1) % {CASES} % cardinality(CAST(:elements AS text[])) + 1]"""
#: What is done already in every case.
_STEP = f"(ARRAY['check_format', 'register_application'])[(n - 1) / {CASES}]"
_SOME_MAIL = "one.sha256 = (SELECT min(sha256) FROM mail WHERE verdict <> 'none')"
_SOMEBODY = "one.candidate = (SELECT min(candidate) FROM cast_record WHERE profile = 'ICT')"
_LATER = "(SELECT now() + make_interval(mins => hashint4(n) % 400000))"
#: What the cases wait for beside their tasks, and what went wrong.
_WAITS = (
    """INSERT INTO subscription (id, case_id, element, message, correlation)
    SELECT gen_random_uuid(), {case}, element, message, correlation
    FROM subscription, generate_series(1, {cases}) AS n
    WHERE case_id = :case AND element <> ALL (CAST(:placed AS text[]))""",
    """INSERT INTO timer (id, case_id, element, due_at)
    SELECT gen_random_uuid(), {case}, 'keep_until_over', {later}
    FROM generate_series(1, {cases}) AS n""",
    """INSERT INTO effect
    (id, case_id, element, operation, input, retries, attempts, error, created_at)
    SELECT {failed}, {case}, 'give_notice', 'mail.send', '{{}}', 3, 3, 'refused', now()
    FROM generate_series(1, {failures}) AS n""",
    """INSERT INTO incident (id, case_id, element, subject, subject_id, message, raised_at)
    SELECT gen_random_uuid(), {case}, 'give_notice', 'effect', {failed}, 'refused', now()
    FROM generate_series(1, {failures}) AS n""",
)


def fill(bench: Bench, actor: Actor) -> None:
    """Open one call with one application in earnest, then repeat its rows."""
    wiring.publish_shipped(bench.database, say=lambda _text: None)
    call = director.call_content()
    mail = {"received_at": call["deadline"], "message_id": "<1@mail.example>", "subject": ""}
    person = {"name": "Ana Almeida", "email": "ana@mail.example", "language": "EN"}
    with clock.pretending(director.OPENING):
        with begin(bench.database, now=clock.now()) as uow:
            act = Act(uow=uow, shell=bench.shell, actor=actor)
            intake.open_call(act, call)
            case = intake.register_application(act, call["id"], person, mail)
        worker.run_due(bench.database, bench.shell)
    mails.deliver(bench.database, call)
    register.load(bench.database, bench.shell, now=clock.now())
    with begin(bench.database, now=clock.now()) as uow:
        (row,) = records.applications(uow, call["id"])
        task = worklist.everywhere(uow, worklist.TaskFilter(), sort="opened_at", limit=1)[0]
        found = course(definitions.find(uow, case.definition))
        # an application that applies again or withdraws leaves its stage; others wait on
        places = found.places
        elements = [*{places[one]: one for one in found.reach}.values(), "shortlist_candidate"]
        # a further task of the same stage
        beside = {places[one]: one for one in found.reach if one not in screening.STEPS}
        given = {
            "case": case.id,
            "key": row["id"],
            "person": row["candidate"],
            "task": task.id,
            "stream": f"case:{case.id}",
            "elements": elements,
            "others": [beside[places[one]] for one in elements],
            "placed": list(places),
        }
        for statement in _statements():
            wanted = {name: value for name, value in given.items() if f":{name}" in statement}
            uow.connection.execute(text(statement), wanted)
    with bench.database.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _statements() -> list[str]:
    case = _CASE.format(n="n")
    of_case = _CASE.format(n=f"((n - 1) % {CASES} + 1)")
    parent = f"CASE WHEN n <= {ON_ONE_CALL} THEN one.parent END"
    tasks = CASES * TASKS_EACH
    waits = {
        "case": of_case,
        "cases": CASES,
        "later": _LATER,
        "failed": _FAILED,
        "failures": FAILED,
    }
    return [
        _again("case", CASES, "one.id = :case", {
            "id": case, "key": "'application' || n", "title": "'Candidate ' || n",
            "parent": parent, "opened_at": "one.opened_at + make_interval(secs => n)",
        }),
        _again("candidate", ON_ONE_CALL, "one.id = :person", {
            "id": "'person' || n", "name": "'Candidate ' || n",
        }),
        _again("application", ON_ONE_CALL, "one.id = :key", {
            "id": "'application' || n", "candidate": "'person' || n",
            "received_at": "one.received_at + make_interval(secs => n)",
            "message_id": "'<' || n || '.m@mail.example>'",
        }),
        _again("task", tasks, "one.id = :task", {
            "id": _TASK, "case_id": of_case, "closed_at": "NULL", "closed_by": "NULL",
            "assignee": "NULL", "suspended": "false", "due_at": _LATER,
            "element": _ONE_OF,
            "candidate_groups":
                "ARRAY[(ARRAY['hr_officer', 'line_manager', 'panel_member'])[n % 3 + 1]]",
        }),
        """INSERT INTO offer (to_whom, due_at, task_id)
        SELECT 'group:' || candidate_groups[1], coalesce(due_at, '9999-12-31 00:00:00+00'), id
        FROM task WHERE closed_at IS NULL ON CONFLICT DO NOTHING""",
        *(one.format(**waits) for one in _WAITS),
        _again("event", CASES * EVENTS_EACH, "one.stream = :stream AND one.seq = 1", {
            "stream": f"'case:' || {of_case}", "seq": f"(n - 1) / {CASES} + 1",
            "at": "one.at + make_interval(secs => n)",
            "kind": f"""CASE WHEN {_STEP} IS NOT NULL THEN 'task:completed'
                WHEN n % 10 = 0 THEN 'record:read' ELSE one.kind END""",
            "element": _STEP,
        }),
        _again("mail", MAILS, _SOME_MAIL, {
            "sha256": "md5('mail' || n) || md5('more' || n)",
            "received_at": "one.received_at + make_interval(secs => n)",
            "message_id": "'<' || n || '.again@mail.example>'",
            "sender": "'someone' || n || '@mail.example'", "sender_name": "'Someone ' || n",
        }),
        _again("cast_record", REGISTERED, _SOMEBODY, {
            "candidate": "'registered' || n", "name": "'Person ' || n",
            "email": "'person' || n || '@mail.example'",
            "folded": "'person ' || n || ' person' || n || '@mail.example'",
        }),
        _again("event_payload", CASES * EVENTS_EACH, "one.stream = :stream AND one.seq = 1", {
            "stream": f"'case:' || {of_case}", "seq": f"(n - 1) / {CASES} + 1",
        }),
    ]  # fmt: skip


def _again(table: str, many: int, which: str, changes: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    return _AGAIN.format(
        table=table, changes=f"jsonb_build_object({pairs})", first=1, last=many, which=which
    )
