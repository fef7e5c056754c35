"""Trials: what the scenarios of a process show together, and whether that is good enough.

A version is published with its scenarios. The next one has to come out as its own scenarios tell,
and may not leave untried what the version in force leaves tried: a new flow, rule or deadline needs
a scenario. Where the version in force has no scenarios, nothing is demanded of the next.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import metadata
from typing import Any

from engine import definitions, kernel
from engine.access import Actor, Policy
from engine.decisions.findings import Finding
from engine.errors import CursusError, ScenariosInTheWay
from engine.kernel import Bundle, Catalogue, Definition
from engine.scenarios import ENDING, Coverage, Part, Run, Scenario, parse, parts, run
from engine.store import definitions as versions
from engine.store import trials as rows
from engine.store.unit_of_work import Row, UnitOfWork

#: What is counted: sequence flows, rules of decision tables, events at tasks (mostly deadlines).
KINDS = ("flow", "rule", "boundary")


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one scenario came out."""

    file: str
    name: str
    #: the process or the decision it is about
    about: str
    #: what was expected and what was found; None when it came out as told
    failure: str | None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What the scenarios of some files showed together."""

    results: tuple[Result, ...]
    #: what no scenario touched
    gaps: tuple[Part, ...]
    #: kind -> how many there are
    totals: Mapping[str, int]
    #: scenario files that cannot be read, with the reason
    unreadable: tuple[Result, ...] = ()
    #: scenarios about processes and decisions that these files do not hold
    elsewhere: int = 0
    made_at: datetime | None = None

    @property
    def failed(self) -> tuple[Result, ...]:
        """Return the scenarios that did not come out as told, files that cannot be read first."""
        return (*self.unreadable, *(one for one in self.results if one.failure is not None))

    @property
    def passed(self) -> int:
        """Return how many scenarios came out as told."""
        return sum(one.failure is None for one in self.results)

    def covered(self, kind: str) -> int:
        """Return how many parts of a kind some scenario touched."""
        return self.totals.get(kind, 0) - sum(gap.kind == kind for gap in self.gaps)

    def figures(self) -> dict[str, object]:
        """Return the figures in short, for the history."""
        covered = {kind: [self.covered(kind), self.totals.get(kind, 0)] for kind in KINDS}
        return {"passed": self.passed, "failed": len(self.failed), **covered}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What stands in the way of publishing."""

    failed: tuple[Result, ...] = ()
    #: parts untried now that are not untried in the version in force
    lost: tuple[Part, ...] = ()

    @property
    def is_good(self) -> bool:
        """Say whether nothing stands in the way."""
        return not self.failed and not self.lost


def known(uow: UnitOfWork, bundle: Bundle, scenarios: Mapping[str, bytes]) -> Trial | None:
    """Return what these scenarios showed on these files, if they were played before."""
    row = rows.get(uow, _key(bundle, scenarios))
    return _from_json(row["result"], row["made_at"]) if row else None


def make(uow: UnitOfWork, bundle: Bundle, scenarios: Mapping[str, bytes]) -> Trial:
    """Play the scenarios, unless that was done before, and keep what they showed.

    Takes about 30 ms for each scenario. Raises DefinitionRefused when the files cannot run.
    """
    found = known(uow, bundle, scenarios)
    if found is not None:
        return found
    rows.put(uow, _key(bundle, scenarios), asdict(_play(bundle, scenarios)))
    found = known(uow, bundle, scenarios)
    assert found is not None  # noqa: S101  # kept just above
    return found


def verdict(
    uow: UnitOfWork, bundle: Bundle, scenarios: Mapping[str, bytes], *, base: str | None
) -> Verdict:
    """Judge files and scenarios against the version in force; plays what was not played yet."""
    told = _told(uow, base)
    if not scenarios and not told:
        return Verdict()
    mine = make(uow, bundle, scenarios)
    if not told or base is None or not mine.gaps:
        return Verdict(failed=mine.failed)
    before = Bundle(root=bundle.root, files=definitions.files(uow, base))
    allowed = {gap.key for gap in make(uow, before, told).gaps}
    lost = tuple(gap for gap in mine.gaps if gap.key not in allowed)
    return Verdict(failed=mine.failed, lost=lost)


def ensure_good(
    uow: UnitOfWork, bundle: Bundle, scenarios: Mapping[str, bytes], *, base: str | None
) -> None:
    """Raise ScenariosInTheWay naming each scenario, flow, rule and event that stands in the way."""
    found = verdict(uow, bundle, scenarios, base=base)
    if found.is_good:
        return
    said = [one.failure or "" for one in found.failed] + [gap.text for gap in found.lost]
    raise ScenariosInTheWay(
        f"{len(found.failed)} scenarios fail and {len(found.lost)} parts are left untried;"
        f" the first: {said[0]}",
        where="scenarios",
        remedy="mend the scenarios, or add one that goes there: a rehearsal can be saved as one",
        findings=[one.as_json() for one in findings(found, kernel.load(bundle))],
    )


def publish(  # noqa: PLR0913  # what, by whom, why and against what
    uow: UnitOfWork,
    actor: Actor,
    process: str,
    files: Mapping[str, bytes],
    *,
    comment: str,
    catalogue: Catalogue,
    policy: Policy,
) -> Row:
    """Publish without a draft: the same is demanded, and without scenarios the old ones go on.

    Raises what `definitions.publish` raises, and ScenariosInTheWay.
    """
    before = versions.in_force(uow, process)
    base = before["digest"] if before else None
    row = definitions.publish(
        uow, actor, process, files, comment=comment, catalogue=catalogue, policy=policy
    )
    given = {name: data for name, data in files.items() if name.endswith(ENDING)}
    told = given or versions.scenarios(uow, row["digest"]) or _told(uow, base)
    bundle = Bundle(root=process, files=definitions.files(uow, row["digest"]))
    ensure_good(uow, bundle, told, base=base)
    definitions.keep_scenarios(uow, actor, row["digest"], told, reason=comment, policy=policy)
    return row


def _told(uow: UnitOfWork, base: str | None) -> dict[str, bytes]:
    return versions.scenarios(uow, base) if base else {}


def findings(found: Verdict, definition: Definition) -> tuple[Finding, ...]:
    """Return what stands in the way as findings: with its file, and its element for the drawing."""
    return (*map(_failure, found.failed), *(_gap(gap, definition) for gap in found.lost))


def of_bundle(bundle: Bundle, content: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the scenario files among these that tell something about the bundle."""
    about = _about(kernel.load(bundle))
    return {
        name: data
        for name, data in content.items()
        if any(_subject(one) in about for one in _read(name, data)[0])
    }


def _play(bundle: Bundle, scenarios: Mapping[str, bytes]) -> Trial:
    definition = kernel.load(bundle)
    about = _about(definition)
    told: list[Scenario] = []
    unreadable: list[Result] = []
    for name, data in sorted(scenarios.items()):
        found, failure = _read(name, data)
        told.extend(found)
        if failure is not None:
            unreadable.append(Result(file=name, name=name, about="", failure=failure))
    mine = [one for one in told if _subject(one) in about]
    runs = [run(bundle.files, one) for one in mine]
    every = parts([definition])
    return Trial(
        results=tuple(_result(*pair) for pair in zip(mine, runs, strict=True)),
        gaps=Coverage.of(runs).gaps(every),
        totals={kind: sum(one.kind == kind for one in every) for kind in KINDS},
        unreadable=tuple(unreadable),
        elsewhere=len(told) - len(mine),
    )


def _about(definition: Definition) -> frozenset[str]:
    return frozenset(definition.processes) | {
        name for model in definition.models for name in model.decisions
    }


def _subject(scenario: Scenario) -> str:
    return scenario.process or scenario.decision or ""


def _read(name: str, data: bytes) -> tuple[tuple[Scenario, ...], str | None]:
    try:
        return parse(data, name=name), None
    except CursusError as problem:
        return (), str(problem)


def _result(scenario: Scenario, shown: Run) -> Result:
    failure = shown.failures[0] if shown.failures else None
    subject = _subject(scenario)
    return Result(file=scenario.file, name=scenario.name, about=subject, failure=failure)


def _failure(one: Result) -> Finding:
    return Finding(
        code="scenario-fails", severity="error", message=one.failure or "",
        remedy="change the diagram back, or tell the scenario as it is meant now", file=one.file,
    )  # fmt: skip


def _gap(gap: Part, definition: Definition) -> Finding:
    return Finding(
        code="not-covered", severity="error", message=gap.text,
        remedy="add a scenario that goes there", file=_file(gap, definition),
        element=None if gap.kind == "rule" else gap.id,
    )  # fmt: skip


def _file(gap: Part, definition: Definition) -> str:
    if gap.kind != "rule":
        return definition.processes[gap.of].file
    return next(
        model.decisions[gap.of].file for model in definition.models if gap.of in model.decisions
    )


def _key(bundle: Bundle, scenarios: Mapping[str, bytes]) -> str:
    """Return the name of a trial: another release may play the same files otherwise."""
    total = hashlib.sha256(f"{metadata.version('cursus')} {bundle.digest}".encode())
    for name, data in sorted(scenarios.items()):
        total.update(f"\0{name}\0".encode() + hashlib.sha256(data).digest())
    return total.hexdigest()


def _from_json(kept: Mapping[str, Any], made_at: datetime) -> Trial:
    return Trial(
        results=tuple(_results(kept["results"])),
        gaps=tuple(Part(**one) for one in kept["gaps"]),
        totals=kept["totals"],
        unreadable=tuple(_results(kept["unreadable"])),
        elsewhere=kept["elsewhere"],
        made_at=made_at,
    )


def _results(kept: Iterable[Mapping[str, Any]]) -> Iterator[Result]:
    return (Result(**one) for one in kept)
