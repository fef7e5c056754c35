"""A call of its own in the running product, with applications that wait at the screening desk."""

from datetime import timedelta

from cursus import wiring
from cursus.config import Config
from cursus.demo import director
from cursus.demo.candidates import plans
from engine import cases, clock, worker, worklist
from engine.store import begin
from engine.store.tasks import TaskFilter
from recruitment import intake
from recruitment.store import records


def prepare(product, key, *, count=3):
    """Return the tasks of the desk of a call, made on the first request, by application."""
    settings = Config(data=product.folder / "data", host="", port=0, workers=1)
    database = wiring.database(settings)
    try:
        return _prepared(database, product.now(), key, count)
    finally:
        database.engine.dispose()


def _prepared(database, now, key, count):
    stage = director.Stage(
        database=database, shell=wiring.shell(), say=lambda _: None, now=now - timedelta(days=30)
    )
    with begin(database, now=now) as uow:
        is_there = records.get_call(uow, key) is not None
    if not is_there:
        _open(stage, now, key, count)
    with begin(database, now=now) as uow:
        ours = {row["case_id"] for row in records.applications(uow, key)}
    return [one for one in _tasks(stage, now, "shortlist_candidate") if one.case_id in ours]


def _open(stage, now, key, count):
    deadline = (now - timedelta(days=1)).isoformat(timespec="seconds")
    entry = (now + timedelta(days=180)).date().isoformat()
    content = {
        **director.call_content(),
        "id": key,
        "reference": f"EC/{now.year}/{key.upper()}/000002",
        "deadline": deadline,
        "entry_date": entry,
    }
    with clock.pretending(stage.now), director._acting(stage, "hanna") as act:
        case = intake.open_call(act, content)
    for _ in range(3):
        with clock.pretending(stage.now):
            worker.run_due(stage.database, stage.shell)
            _work(stage, stage.now, {case.id})
        stage.now += timedelta(days=1)
    engaged = [one for one in plans() if one.kind in ("engaged", "reserve", "not_selected")]
    for plan in engaged[:count]:
        stage.now += timedelta(hours=1)
        with clock.pretending(stage.now):
            director.apply(stage, stage.now, plan, content)
    stage.now = now
    for _ in range(6):
        worker.run_due(stage.database, stage.shell)
        _work(stage, now, set(stage.cast), elements={"check_format", "register_application"})


def _tasks(stage, now, element=None):
    with begin(stage.database, now=now) as uow:
        return worklist.everywhere(uow, TaskFilter(element=element), sort="opened_at", limit=5000)


def _work(stage, now, ours, elements=None):
    for task in _tasks(stage, now):
        if task.case_id not in ours or (elements and task.element not in elements):
            continue
        if task.element in director.CALL_WAITS | director.OPTIONAL:
            continue
        name = next(one.name for one in director.PEOPLE if director._may(one, task))
        with director._acting(stage, name) as act:
            cases.complete_task(act, task.id, director._submission(stage, act, task))
