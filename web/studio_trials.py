"""The scenarios of a draft or a version: how they come out, and what none of them touches."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template as render
from flask import request
from flask.typing import ResponseReturnValue

from api.house import acting
from engine import definitions, drafts, kernel, trials
from engine.access import authorize
from engine.cases import Act
from engine.errors import CursusError, DefinitionRefused
from engine.kernel import Bundle, Definition
from engine.scenarios import Part
from engine.store.drafts import Draft
from engine.trials import Trial, Verdict
from web.language import _
from web.pages import done
from web.studio import pages
from web.studio_scenarios import told_by
from web.studio_words import part_kind


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is tried: a draft or a version."""

    #: where its pages lie
    home: str
    title: str
    process: str
    bundle: Bundle
    definition: Definition
    told: Mapping[str, bytes]
    draft: Draft | None
    #: where the files of the drawing come from
    files: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Something that no scenario touches, in words."""

    part: Part
    text: str
    address: str
    #: it stands in the way: the version in force does not leave it untried
    is_lost: bool


@dataclass(frozen=True, kw_only=True)
class Figure:
    """How much of one kind is covered."""

    kind: str
    title: str
    covered: int
    total: int


@pages.get("/studio/drafts/<uuid:draft_id>/scenarios")
def draft_scenarios(draft_id: UUID) -> ResponseReturnValue:
    """Show how the scenarios of a draft come out, if they were played as it stands."""
    with acting() as act:
        subject = of_draft(act, draft_id)
        trial = trials.known(act.uow, subject.bundle, subject.told)
        verdict = judged(act, subject) if trial else None
        return _page(subject, trial, verdict)


@pages.post("/studio/drafts/<uuid:draft_id>/scenarios")
def try_draft(draft_id: UUID) -> ResponseReturnValue:
    """Play the scenarios of a draft."""
    with acting() as act:
        drafts.try_out(act, draft_id)
    return done(f"/studio/drafts/{draft_id}/scenarios", "tried")


@pages.get("/studio/versions/<digest>/scenarios")
def version_scenarios(digest: str) -> ResponseReturnValue:
    """Show how the scenarios of a version come out, if they were played."""
    with acting() as act:
        subject = of_version(act, digest)
        return _page(subject, trials.known(act.uow, subject.bundle, subject.told), None)


@pages.post("/studio/versions/<digest>/scenarios")
def try_version(digest: str) -> ResponseReturnValue:
    """Play the scenarios of a version."""
    with acting() as act:
        subject = of_version(act, digest)
        trials.make(act.uow, subject.bundle, subject.told)
    return done(f"/studio/versions/{digest}/scenarios", "tried")


def of_draft(act: Act, draft_id: UUID) -> Subject:
    """Return a draft as something to try; raise DefinitionRefused when it cannot run."""
    draft = drafts.get(act, draft_id)
    content = drafts.files(act, draft_id)
    bundle = drafts.bundle_of(content, draft.process)
    return Subject(
        home=f"/studio/drafts/{draft_id}",
        title=draft.title,
        process=draft.process,
        bundle=bundle,
        definition=kernel.load(bundle),
        told=drafts.told_in(content),
        draft=draft,
        files=f"/api/v1/drafts/{draft_id}/files/",
    )


def of_version(act: Act, digest: str) -> Subject:
    """Return a version as something to try; raise NotFound."""
    authorize(act.actor, "definition:check", act.shell.policy)
    row = definitions.get(act.uow, digest)
    return Subject(
        home=f"/studio/versions/{digest}",
        title=_("%(name)s, version %(number)s", name=row["name"], number=row["version"]),
        process=row["process"],
        bundle=Bundle(root=row["process"], files=definitions.files(act.uow, digest)),
        definition=definitions.find(act.uow, digest),
        told=definitions.scenarios(act.uow, digest),
        draft=None,
        files=f"/api/v1/definitions/{digest}/files/",
    )


def judged(act: Act, subject: Subject) -> Verdict:
    """Return what stands in the way of publishing a draft."""
    base = subject.draft.base if subject.draft else None
    return trials.verdict(act.uow, subject.bundle, subject.told, base=base)


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What the scenarios of a draft showed, and what of that stands in the way."""

    trial: Trial
    verdict: Verdict


def standing(act: Act, draft: Draft, content: Mapping[str, bytes]) -> Tried | None:
    """Return what the scenarios of a draft showed; None when not played, or not to be played."""
    told = drafts.told_in(content)
    try:
        bundle = drafts.bundle_of(content, draft.process)
        found = trials.known(act.uow, bundle, told) if told else None
        if found is None:
            return None
        verdict = trials.verdict(act.uow, bundle, told, base=draft.base)
    except DefinitionRefused:
        return None
    return Tried(trial=found, verdict=verdict)


def figures(trial: Trial) -> list[Figure]:
    """Return how much is covered, by kind."""
    titles = {
        "flow": _("Arrows taken"),
        "rule": _("Rules of tables applied"),
        "boundary": _("Deadlines and events at tasks"),
    }
    return [
        Figure(kind=kind, title=title, covered=trial.covered(kind), total=trial.totals.get(kind, 0))
        for kind, title in titles.items()
    ]


def _page(subject: Subject, trial: Trial | None, verdict: Verdict | None) -> ResponseReturnValue:
    lost = {part.key for part in verdict.lost} if verdict else set()
    gaps = [_gap(subject, part, is_lost=part.key in lost) for part in trial.gaps] if trial else []
    drawn = _drawn(subject, gaps)
    return render(
        "studio_scenarios.html",
        subject=subject,
        trial=trial,
        verdict=verdict,
        figures=figures(trial) if trial else [],
        gaps=gaps,
        told=_told(subject.told),
        levels=_levels(subject, gaps),
        drawn=drawn,
        marks=[_mark(one) for one in gaps if one.part.kind != "rule"],
    )


def _gap(subject: Subject, part: Part, *, is_lost: bool) -> Gap:
    known = subject.definition
    if part.kind == "rule":
        file = next(m.decisions[part.of].file for m in known.models if part.of in m.decisions)
        text = _("%(table)s, rule %(number)s", table=_table_name(known, part.of), number=part.id)
        return Gap(part=part, text=text, address=f"{subject.home}/files/{file}", is_lost=is_lost)
    process = known.processes[part.of]
    address = f"{subject.home}/files/{process.file}#{part.id}"
    text = f"{process.name or process.id}: {_part_name(known, part)}"
    return Gap(part=part, text=text, address=address, is_lost=is_lost)


def _part_name(known: Definition, part: Part) -> str:
    if part.kind == "boundary":
        element = known.elements[part.id]
        at = element_name(known, element.attached_to or "")
        return _("“%(name)s” at “%(task)s”", name=element.name or element.id, task=at)
    flow = known.flows[part.id]
    start, end = element_name(known, flow.source), element_name(known, flow.target)
    if flow.name:
        return _("“%(name)s” from “%(start)s” to “%(end)s”", name=flow.name, start=start, end=end)
    return _("from “%(start)s” to “%(end)s”", start=start, end=end)


def element_name(known: Definition, key: str) -> str:
    """Return what people call an element; one without a name, what it is."""
    element = known.elements.get(key)
    return " ".join((element.name or part_kind(element.kind)).split()) if element else key


def _table_name(known: Definition, key: str) -> str:
    for model in known.models:
        if key in model.decisions:
            return model.decisions[key].name or key
    return key


def _drawn(subject: Subject, gaps: Sequence[Gap]) -> kernel.Process:
    """Return the process that is drawn: the one asked for, else one with something untried."""
    known = subject.definition.processes
    wanted = request.args.get("process", "")
    if wanted in known:
        return known[wanted]
    untried = (gap.part.of for gap in gaps if gap.part.kind != "rule")
    return known[next(untried, subject.definition.root)]


def _levels(subject: Subject, gaps: Iterable[Gap]) -> list[tuple[kernel.Process, int]]:
    counts = Counter(gap.part.of for gap in gaps if gap.part.kind != "rule")
    every = sorted(subject.definition.processes.values(), key=lambda one: one.name or one.id)
    return [(one, counts[one.id]) for one in every]


def _mark(gap: Gap) -> dict[str, str]:
    untried = _("not tried")
    return {
        "id": gap.part.id,
        "style": "untried",
        "text": untried,
        "title": f"{untried}: {gap.text}",
    }


def _told(files: Mapping[str, bytes]) -> list[tuple[str, int | None]]:
    """Return the scenario files with how many they tell; None when one cannot be read."""
    found: list[tuple[str, int | None]] = []
    for name, data in sorted(files.items()):
        try:
            found.append((name, len(told_by(name, data))))
        except CursusError:
            found.append((name, None))
    return found
