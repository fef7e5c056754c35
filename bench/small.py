"""What a step is made of: a condition, a decision, a seal; and what a proof costs per event."""

import hashlib
import secrets
from collections.abc import Mapping
from uuid import UUID, uuid4

import orjson

import feel
from bench.figures import Figure, Measured, median, per_call
from bench.fixtures import life_of_47
from bench.house import HANNA, Bench
from cursus import wiring
from engine import cases, clock, decisions, history, replay, timelimits, worklist
from engine.history import EventKind, Sealed
from engine.store import begin, events, queue

CONDITION = 'check_result.decision = "recount" and classification.recounts < 5'
CONDITION_US = 20.0
VALUES = {"check_result": {"decision": "recount"}, "classification": {"recounts": 2}}
NOTICE = {
    "notice": {"by": "agent", "at": "2026-02-02", "given_on": "2026-02-02"},
    "contract": {"renewed": True, "start": "2023-02-01"},
    "service": {"start": "2023-02-01"},
}
LIFE = 60


def measure(bench: Bench) -> Measured:
    """Time each, in microseconds."""
    yield _condition()
    yield _decision()
    yield from _history(bench)


def _condition() -> Figure:
    parsed, now = feel.parse(CONDITION), clock.now()
    assert parsed.evaluate(VALUES, now=now) is True
    compiled = compile(
        "check_result['decision'] == 'recount' and classification['recounts'] < 5", "", "eval"
    )
    value = per_call(lambda: parsed.evaluate(VALUES, now=now), times=500) * 1e6
    return Figure(
        name="FEEL condition of a gateway",
        value=value,
        unit="µs",
        floor=per_call(lambda: eval(compiled, {}, dict(VALUES)), times=500) * 1e6,  # noqa: S307  # a floor
        beside="the same in compiled Python",
        budget=f"< {CONDITION_US:.0f} µs",
        holds=value < CONDITION_US,
    )


def _decision() -> Figure:
    files = wiring.shipped_files()
    wanted = ("notice_period.dmn", "policy.dmn")
    models = [decisions.parse(files[name], name=name) for name in wanted]
    now = clock.now()

    def take() -> decisions.Decided:
        return decisions.decide(
            models, "notice_period", NOTICE, functions=timelimits.FUNCTIONS, now=now
        )

    decided = take()
    assert decided.matched == (4,), decided.as_json()
    return Figure(
        name="decision with two required ones, explained",
        value=per_call(take, times=50) * 1e6,
        unit="µs",
        floor=per_call(lambda: orjson.dumps(decided.as_json()), times=200) * 1e6,
        beside="writing its explanation as JSON",
    )


def _history(bench: Bench) -> Measured:
    case_id = _lived(bench)
    with begin(bench.database, now=clock.now()) as uow:
        sealed = events.of_stream(uow, f"case:{case_id}")
        proof = replay.prove(uow, case_id)
        assert proof.ok, proof.reason
        proving = median(lambda: replay.prove(uow, case_id), times=5)
    yield _seal(sealed[1])
    number = len(sealed)

    def verify() -> None:
        assert history.verify_stream(f"case:{case_id}", sealed).ok

    def digest() -> None:
        for one in sealed:
            hashlib.sha256(one.payload or b"").digest()

    verifying = median(verify, times=20) / number * 1e6
    yield Figure(
        name=f"verification per event, {number} events",
        value=verifying,
        unit="µs",
        floor=median(digest, times=20) / number * 1e6,
        beside="SHA-256 of the contents",
    )
    yield Figure(
        name="replay per event, read and compared",
        value=proving / number * 1e6,
        unit="µs",
        floor=verifying,
        beside="verification alone",
    )


def _seal(event: Sealed) -> Figure:
    payload: Mapping[str, object] = orjson.loads(event.payload or b"{}")
    fields, salt = event.fields, secrets.token_bytes(16)

    def seal() -> None:
        content = history.canonical(payload)
        history.seal(fields, history.commit(content, salt), event.previous)

    def plain() -> None:
        hashlib.sha256(orjson.dumps(payload)).digest()
        hashlib.sha256(orjson.dumps(fields.as_json())).digest()

    return Figure(
        name=f"one seal, {EventKind(event.fields.kind).value}, {len(event.payload or b'')} bytes",
        value=per_call(seal, times=200) * 1e6,
        unit="µs",
        floor=per_call(plain, times=200) * 1e6,
        beside="orjson and SHA-256 alone",
    )


def _lived(bench: Bench) -> UUID:
    """Complete tasks of one case until it has a history; return its id."""
    case_id = uuid4()
    with begin(bench.database, now=clock.now()) as uow:
        act = cases.Act(uow=uow, shell=bench.shell, actor=HANNA)
        opening = cases.Opening(id=case_id, process="p", title="Lived")
        cases.open_case(act, opening, {"payload": life_of_47().payload()})
        for _ in range(LIFE):
            for effect in queue.effects(uow, case_id=case_id):
                cases.finish_effect(uow, cases.get(uow, case_id), effect, {})
            waiting = worklist.of_case(uow, case_id)
            if not waiting:
                break
            cases.complete_task(act, waiting[0].id, _answer(waiting[0].element))
    return case_id


def _answer(element: str) -> dict[str, object]:
    answers: dict[str, dict[str, object]] = life_of_47().ANSWERS
    return {"remark": "Seen.", **answers.get(element, {})}
