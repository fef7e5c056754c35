"""What people find to do when the demonstration begins: calls at every stage, with work left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cursus.demo import director, mails
from cursus.demo.candidates import Plan, plans
from engine import clock, worker
from engine.cases import Shell
from engine.store import Database, begin
from recruitment.store import records

#: How long a call is open.
OPEN_FOR = timedelta(days=30)
#: Most people apply at the last moment.
RUSH = timedelta(days=3)
#: These pass every test, so that they come as far as their step.
GOOD = ("engaged", "reserve", "declines", "unfit", "not_selected")
#: Where an application stands that nobody has looked at.
UNSEEN = ("check_format", "register_application")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A call by the days from today to its deadline, and at which step each candidate is left."""

    key: str
    title: str
    number: int
    days: int
    left: tuple[str, ...] = ()
    #: a step that nobody does before so many days ago, lest what follows is overdue
    paused: tuple[str, int] | None = None


#: The oldest first: what is left in one must not be moved by the clock of the next.
SCENES = (
    Scene(
        key="demonstration-engagement", title="IT Service Officer - Cloud Operations",
        number=3, days=-45, left=("give_medical_opinion",),
        paused=("schedule_medical_visit", 10),
    ),
    Scene(
        key="demonstration-interviews", title="IT Service Officer - Cybersecurity",
        number=4, days=-40,
        left=(
            "score_candidate", "record_consensus", "record_consensus", "confirm_panel_result",
        ),
        paused=("score_candidate", 3),
    ),
    Scene(
        key="demonstration-screening", title="IT Service Officer - Data Platforms",
        number=5, days=-9,
        left=(
            "shortlist_candidate", "shortlist_candidate", "declare_member_conflict",
            "schedule_interview", "schedule_interview",
        ),
        paused=("shortlist_candidate", 2),
    ),
)  # fmt: skip
#: Its deadline was yesterday: its mails and applications wait to be sorted and checked.
ENDED = Scene(
    key="demonstration-today", title="IT Service Officer - Accessibility", number=1, days=-1
)
#: People can still be told of it.
OPEN = Scene(
    key="demonstration-open", title="IT Service Officer - Digital Identity", number=2, days=21
)


def begin_today(database: Database, shell: Shell, *, now: datetime) -> None:
    """Play the calls of today up to now; playing them again changes nothing."""
    for scene in SCENES:
        if not _is_known(database, scene, now):
            _play(_stage(database, shell, scene, now), scene, now)
    for scene in (ENDED, OPEN):
        if not _is_known(database, scene, now):
            _publish(_stage(database, shell, scene, now), scene, now)


def call_of(scene: Scene, now: datetime) -> dict[str, Any]:
    """Return the call of the demonstration anew, with the deadline of a scene at noon."""
    deadline = (now + timedelta(days=scene.days)).astimezone(director.ZONE)
    return director.call_content() | {
        "id": scene.key,
        "title": scene.title,
        "reference": f"EC/{deadline.year}/DIGIT/{scene.number:06}",
        "deadline": deadline.replace(hour=12, minute=0, second=0, microsecond=0).isoformat(),
        "entry_date": (deadline + timedelta(days=180)).date().isoformat(),
    }


def _is_known(database: Database, scene: Scene, now: datetime) -> bool:
    with begin(database, now=now) as uow:
        return records.get_call(uow, scene.key) is not None


def _stage(database: Database, shell: Shell, scene: Scene, now: datetime) -> director.Stage:
    opened = director.office(now + timedelta(days=scene.days) - OPEN_FOR)
    stage = director.Stage(database=database, shell=shell, say=lambda _text: None, now=opened)
    director.open_call(stage, call_of(scene, now))
    return stage


def _play(stage: director.Stage, scene: Scene, now: datetime) -> None:
    good = [one for kind in GOOD for one in plans() if one.kind == kind]
    chosen = list(zip(good, scene.left, strict=False))
    stage.left = {plan.number: (step,) for plan, step in chosen}
    if scene.paused:
        step, days = scene.paused
        stage.paused = {step: director.office(now - timedelta(days=days))}
    content = call_of(scene, now)
    arrivals = _arrivals([plan for plan, _ in chosen], content)
    director.live(stage, content, arrivals, until=now)


def _publish(stage: director.Stage, scene: Scene, now: datetime) -> None:
    """Publish a call and let people apply as long as it is open and has not ended yet."""
    content = call_of(scene, now)
    people = list(plans())[:12] if scene is ENDED else []
    stage.left = dict.fromkeys((one.number for one in people), UNSEEN)
    ended = datetime.fromisoformat(content["deadline"]).astimezone(UTC)
    director.live(stage, content, _arrivals(people, content), until=min(ended, now))
    with clock.pretending(now):
        worker.run_due(stage.database, stage.shell)
        if scene is ENDED:
            mails.deliver(stage.database, content)


def _arrivals(chosen: list[Plan], content: dict[str, Any]) -> Iterator[tuple[datetime, Plan]]:
    """Spread candidates over the last days before the deadline."""
    deadline = datetime.fromisoformat(content["deadline"]).astimezone(UTC)
    apart = RUSH / (len(chosen) + 1)
    for place, plan in enumerate(chosen, 1):
        yield (deadline - RUSH + place * apart).replace(microsecond=0), plan
