"""Plays the demonstration: candidates apply and answer, officers work, the clock moves."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml

from cursus.demo.answers import Question, answer
from cursus.demo.candidates import Plan, plans
from cursus.demo.people import PEOPLE, Person
from engine import cases, clock, definitions, kernel, worker, worklist
from engine.access import Actor
from engine.cases import Act, Case, Shell
from engine.errors import CursusError, FourEyes
from engine.kernel import task_variables
from engine.store import Database, begin, queue
from engine.store import cases as rows
from engine.store.cases import CaseFilter
from engine.store.tasks import Task, TaskFilter
from recruitment import intake
from recruitment.correspondence import pdf
from recruitment.store import records

ZONE = ZoneInfo("Europe/Brussels")
OPENING = datetime(2025, 4, 28, 7, 0, tzinfo=UTC)
#: Officers work from nine to five on weekdays.
HOURS = range(9, 17)
SATURDAY = 5
#: Steps that end an application without an end event of a stage.
TOLD = frozenset({"confirm_withdrawal"})
#: Tasks that stand open in case somebody wants them; nobody in the play does.
OPTIONAL = frozenset({"write_early_report"})
#: Tasks of the call that come after the last interview, and timers that say one is to come.
CALL_WAITS = frozenset({"close_interviews", "confirm_ranking"})
STAGE_TIMERS = frozenset({"interview_time", "cast_result_missing", "deadline_passed"})
#: The longest absence of the demonstration: sickness of 45 days in the fifth month of service.
ABSENCE = (timedelta(days=120), timedelta(days=164))

Say = Callable[[str], None]


@dataclass
class Stage:
    """The state of the play."""

    database: Database
    shell: Shell
    say: Say
    now: datetime
    #: the cases of the play; others are left alone
    own: set[UUID] = field(default_factory=set)
    #: candidate's number -> the steps at which the application is left to people
    left: Mapping[int, Collection[str]] = field(default_factory=dict)
    #: step -> the instant before which nobody does it
    paused: Mapping[str, datetime] = field(default_factory=dict)
    #: case id -> plan
    cast: dict[UUID, Plan] = field(default_factory=dict)
    told: set[tuple[UUID, str]] = field(default_factory=set)
    done: set[tuple[UUID, str]] = field(default_factory=set)
    stuck: set[UUID] = field(default_factory=set)
    completed: int = 0


def call_content() -> dict[str, Any]:
    """Return the real call as its cases see it."""
    text = (resources.files("cursus.demo") / "call.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def play(database: Database, shell: Shell, *, until: datetime, say: Say) -> Stage:
    """Play from the publication of the call until an instant, or until nothing happens any more.

    Playing it again on the same database changes nothing.
    """
    stage = Stage(database=database, shell=shell, say=say, now=OPENING)
    with begin(database, now=clock.now()) as uow:
        if records.get_call(uow, call_content()["id"]) is not None:
            return stage
    open_call(stage, call_content())
    live(stage, call_content(), _applications(), until=until)
    return stage


def open_call(stage: Stage, content: Mapping[str, Any]) -> None:
    """Open a call, as an HR officer would."""
    with clock.pretending(stage.now), _acting(stage, "hanna") as act:
        stage.own.add(intake.open_call(act, content).id)


def live(
    stage: Stage,
    content: Mapping[str, Any],
    applications: Iterator[tuple[datetime, Plan]],
    *,
    until: datetime,
) -> None:
    """Let candidates apply for a call and everybody work, until an instant or until all is done."""
    following = next(applications, None)
    while stage.now <= until:
        with clock.pretending(stage.now):
            worker.run_due(stage.database, stage.shell)
            while following and following[0] <= stage.now:
                apply(stage, *following, content)
                following = next(applications, None)
            moved = _work(stage) + _candidates_answer(stage)
            _tell_endings(stage)
        instant = _next_instant(stage, moved=moved, applying=following[0] if following else None)
        if instant is None:
            break
        stage.now = instant


def _applications() -> Iterator[tuple[datetime, Plan]]:
    """Spread the candidates over the weeks before the deadline; the late ones come after it."""
    deadline = datetime.fromisoformat(call_content()["deadline"])
    first = OPENING + timedelta(days=7)
    arrivals = []
    for plan in plans():
        if plan.kind == "late":
            at = deadline + timedelta(seconds=1, minutes=plan.number)
        elif plan.kind == "engaged":
            at = deadline  # noon sharp is in time
        else:
            at = first + (deadline - first) * plan.number / 61
        arrivals.append((at.astimezone(UTC).replace(microsecond=0), plan))
    yield from sorted(arrivals, key=lambda one: (one[0], one[1].number))


def apply(stage: Stage, at: datetime, plan: Plan, call: Mapping[str, Any]) -> None:
    """Register the application of a candidate, and what the EPSO database says of them."""
    is_malformed = plan.kind == "malformed"
    subject = "My application" if is_malformed else f"{call['reference']} application"
    mail = {
        "received_at": at.isoformat(),
        "message_id": f"<{plan.number}.{call['id']}@mail.example>",
        "subject": subject,
        "in_order": not is_malformed,
        "one_pdf": True,
    }
    person = {"name": plan.name, "email": plan.email, "language": "EN"}
    with _acting(stage, "hanna") as act:
        content = pdf("CV and application form", plan.name, {}, date=at.date().isoformat())
        case = intake.register_application(act, call["id"], person, mail, attachment=content)
        if plan.kind != "unregistered":
            intake.import_cast(act, _cast_row(act, plan, call))
    stage.own.add(case.id)
    stage.cast[case.id] = plan


def _cast_row(act: Act, plan: Plan, call: Mapping[str, Any]) -> dict[str, object]:
    row = records.candidate_by_email(act.uow, plan.email)
    passed = plan.kind != "failed_test"
    return {
        "candidate": row["id"] if row else "",
        "profile": call["cast_profile"],
        "registered": True,
        "passed": passed,
        "passed_group": "IV" if passed else None,
        "result_date": date(2024, 6, 3) if passed else None,
        "failed_group": None,
        "test_date": None,
        "refreshed": act.uow.now.date(),
    }


# --- officers --------------------------------------------------------------------------------


@contextmanager
def _acting(stage: Stage, name: str) -> Iterator[Act]:
    person = next(one for one in PEOPLE if one.name == name)
    with begin(stage.database, now=stage.now) as uow:
        yield Act(uow=uow, shell=stage.shell, actor=_actor(person))


def _actor(person: Person) -> Actor:
    return Actor(name=person.name, roles=frozenset(person.roles))


def _is_office_time(now: datetime) -> bool:
    local = now.astimezone(ZONE)
    return local.hour in HOURS and local.weekday() < SATURDAY


def _work(stage: Stage) -> int:
    """Complete every open task once, by whoever may; return how many."""
    if not _is_office_time(stage.now):
        return 0
    with begin(stage.database, now=stage.now) as uow:
        found = worklist.everywhere(uow, TaskFilter(), sort="opened_at", limit=100_000)
    theirs = [one for one in found if one.case_id in stage.own and one.element not in OPTIONAL]
    ready = [one for one in theirs if one.id not in stage.stuck and not _is_held(stage, one)]
    if any(one.process != "call_for_interest" for one in theirs) or _interviews_to_come(stage):
        # the call's own tasks after the deadline wait until every interview is over
        ready = [one for one in ready if one.element not in CALL_WAITS]
    return sum(_complete(stage, one) for one in ready)


def _is_held(stage: Stage, task: Task) -> bool:
    if stage.now < stage.paused.get(task.element, stage.now):
        return True
    plan = stage.cast.get(task.case_id)
    return plan is not None and task.element in stage.left.get(plan.number, ())


def _interviews_to_come(stage: Stage) -> bool:
    with begin(stage.database, now=stage.now) as uow:
        found = queue.timers(uow, limit=1000)
    running = {row["element"] for row in found if row["case_id"] in stage.own}
    return bool(running & STAGE_TIMERS)


def _complete(stage: Stage, task: Task) -> int:
    for person in PEOPLE:
        if not _may(person, task):
            continue
        try:
            with _acting(stage, person.name) as act:
                cases.complete_task(act, task.id, _submission(stage, act, task))
        except FourEyes:
            continue
        except CursusError as error:
            stage.say(f"{task.case_title}: {task.element}: {error}")
            stage.stuck.add(task.id)
            return 0
        stage.completed += 1
        return 1
    return 0


def _may(person: Person, task: Task) -> bool:
    if task.assignee:
        return task.assignee == person.name
    return bool(set(task.candidate_groups) & set(person.roles)) or (
        person.name in task.candidate_users
    )


def _submission(stage: Stage, act: Act, task: Task) -> dict[str, object]:
    if task.form is None:
        return {}
    definition = definitions.find(act.uow, task.definition)
    case = cases.get(act.uow, task.case_id)
    question = Question(
        element=task.element,
        plan=stage.cast.get(task.case_id),
        seen=task_variables(definition, case.state, str(task.id)),
        now=act.uow.now,
    )
    return answer(definition.forms[task.form], question)


# --- candidates and agents -------------------------------------------------------------------


def _candidates_answer(stage: Stage) -> int:
    if not _is_office_time(stage.now):
        return 0
    return sum(act(stage) for act in (_upload, _answer_offers, _sit_tests, _withdraw, _fall_ill))


def _waiting(stage: Stage, message: str) -> list[UUID]:
    with begin(stage.database, now=stage.now) as uow:
        found = queue.waiting(uow, message, None, None)
    return [one for one in found if one in stage.cast]


def _once(stage: Stage, case_id: UUID, what: str) -> bool:
    """Say whether this is the first time, and remember it."""
    if (case_id, what) in stage.done:
        return False
    stage.done.add((case_id, what))
    return True


def _send(stage: Stage, case_id: UUID, message: str, variables: Mapping[str, object]) -> int:
    with _acting(stage, "hanna") as act:
        cases.receive(act, case_id, message, variables)
    return 1


def _upload(stage: Stage) -> int:
    return sum(_upload_all(stage, one) for one in _waiting(stage, "document_uploaded"))


def _upload_all(stage: Stage, case_id: UUID) -> int:
    with begin(stage.database, now=stage.now) as uow:
        case = cases.get(uow, case_id)
        view = cases.look(uow, case)
    required = _scope_value(view, "checklist", "required")
    sent = 0
    for item in required or []:
        kind, number = str(item["kind"]), item.get("number")
        if not _once(stage, case_id, f"{kind} {number}"):
            continue
        content = pdf(kind, case.title, {"number": number}, date=stage.now.date().isoformat())
        with _acting(stage, "hanna") as act:
            intake.store_document(
                act, str(case.key), kind=kind, name=f"{kind}.pdf", content=content, number=number
            )
        sent += 1
    return sent


def _scope_value(view: kernel.View, name: str, key: str) -> Any:  # noqa: ANN401  # a variable
    for scope in view.scopes:
        value = scope.variables.get(name)
        if isinstance(value, Mapping) and key in value:
            return value[key]
    return None


def _answer_offers(stage: Stage) -> int:
    sent = 0
    for case_id in _waiting(stage, "offer_answered"):
        if _once(stage, case_id, "offer answered"):
            accepted = stage.cast[case_id].kind != "declines"
            sent += _send(stage, case_id, "offer_answered", {"accepted": accepted})
    for case_id in _waiting(stage, "renewal_answered"):
        if _once(stage, case_id, f"renewal answered {stage.now.date()}"):
            given = {"answer": "accept", "received_at": stage.now.isoformat()}
            sent += _send(stage, case_id, "renewal_answered", given)
    for case_id in _waiting(stage, "committee_requested"):
        if stage.cast[case_id].kind == "unfit" and _once(stage, case_id, "committee"):
            given = {"received_at": stage.now.isoformat()}
            sent += _send(stage, case_id, "committee_requested", given)
    return sent


def _sit_tests(stage: Stage) -> int:
    sent = 0
    for case_id in _waiting(stage, "cast_result"):
        if _once(stage, case_id, "test sat"):
            test_date = stage.now.date().isoformat()
            result = {"passed": False, "failed_group": "IV", "test_date": test_date}
            sent += _send(stage, case_id, "cast_result", {**result, "cast_result": result})
    return sent


def _withdraw(stage: Stage) -> int:
    sent = 0
    for case_id in _waiting(stage, "accommodation_requested"):
        is_leaving = stage.cast[case_id].kind == "withdrawn"
        if is_leaving and _once(stage, case_id, "withdrawn"):
            reason = {"reason": "Found another post"}
            sent += _send(stage, case_id, "withdrawal", {"withdrawal": reason, **reason})
    return sent


def _fall_ill(stage: Stage) -> int:
    sent = 0
    for case_id in _waiting(stage, "absence_recorded"):
        with begin(stage.database, now=stage.now) as uow:
            view = cases.look(uow, cases.get(uow, case_id))
        start = _scope_value(view, "contract", "start")
        if start is None:
            continue
        first, last = (date.fromisoformat(str(start)) + one for one in ABSENCE)
        if stage.now.date() > last and _once(stage, case_id, "absence"):
            given = {"cause": "sickness", "from": first.isoformat(), "to": last.isoformat()}
            sent += _send(stage, case_id, "absence_recorded", given)
    return sent


# --- the clock and the story -----------------------------------------------------------------


def _next_instant(stage: Stage, *, moved: int, applying: datetime | None) -> datetime | None:
    if moved:
        return office(stage.now + timedelta(hours=2))
    with begin(stage.database, now=stage.now) as uow:
        due = queue.next_due(uow)
        is_open = bool(worklist.everywhere(uow, TaskFilter(), sort="opened_at", limit=1))
    wanted = [one for one in (due, applying) if one is not None]
    wanted += [one for one in stage.paused.values() if one > stage.now]
    if is_open and not _is_office_time(stage.now):
        wanted.append(office(stage.now))
    if not wanted:
        return None
    # a due timer that is held, or an instant in the past, must not stop the clock
    return max(min(wanted), stage.now + timedelta(minutes=1))


def office(now: datetime) -> datetime:
    """Return the instant itself in office hours, otherwise the next nine o'clock of a weekday."""
    if _is_office_time(now):
        return now
    local = now.astimezone(ZONE)
    if local.hour >= HOURS.start:
        local += timedelta(days=1)
    local = local.replace(hour=HOURS.start, minute=0, second=0, microsecond=0)
    while local.weekday() >= SATURDAY:
        local += timedelta(days=1)
    return local.astimezone(UTC)


def _tell_endings(stage: Stage) -> None:
    """Tell each ending of a stage or case once, with its legal basis."""
    with begin(stage.database, now=stage.now) as uow:
        for one in rows.search(uow, CaseFilter(), sort="-changed_at", after=None, limit=100):
            if one.changed_at < stage.now:
                break
            if one.id not in stage.own:
                continue
            case = cases.get(uow, one.id)
            definition = definitions.find(uow, case.definition)
            for element in cases.look(uow, case).completed:
                known = definition.elements[element]
                is_ending = (known.kind == "endEvent" and known.outcome) or element in TOLD
                if is_ending and (case.id, element) not in stage.told:
                    stage.told.add((case.id, element))
                    stage.say(_ending(stage, case, known))


def _ending(stage: Stage, case: Case, element: kernel.Element) -> str:
    day = f"{stage.now.astimezone(ZONE):%d.%m.%Y}"
    basis = f" [{element.legal_basis}]" if element.legal_basis else ""
    return f"{day}  {case.title}: {element.name or element.id}{basis}"
