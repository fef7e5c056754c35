"""The contract clock of an agent in service: dates and the six years, each with its derivation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.cases import sees_variables
from engine.cases import Act
from engine.decisions import Decided, decide
from engine.errors import CursusError
from engine.timelimits import FUNCTIONS, Spell, TimeLimit, latest_before, read_spells, service_end
from engine.timelimits.service import used_days
from web.cases_head import Head
from web.language import ZONE, _, ngettext
from web.sentences import derived, sentence

#: Service is counted in months of 30 days (D12).
_MONTH = 30
#: The decision that knows the cap, and the one that says which spells count.
CAP, SPELLS = "six_year_cap", "six_year_spells"


@dataclass(frozen=True, kw_only=True)
class Hand:
    """One hand of the clock: a date, and why it is that one."""

    title: str
    day: date
    #: one sentence each; empty where a person decided the date
    derivation: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Cap:
    """How much of the six years is used, in days of service, 30 to the month."""

    today: int
    at_end: int
    limit: int
    #: the last day that six years and age allow; None when nothing is left
    latest: date | None
    legal_basis: str
    warnings: tuple[str, ...]

    @property
    def remaining(self) -> int:
        """What is left after the present contract."""
        return max(0, self.limit - self.at_end)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What the contract of an agent in service says about time."""

    hands: tuple[Hand, ...]
    #: the next step of the renewal, or the end where none is foreseen
    next: Hand | None
    cap: Cap | None
    #: how probation ended, in a word; empty before that
    probation: str = ""
    #: why there is no cap, or why something could not be computed
    remark: str = ""


def clock_of(act: Act, head: Head) -> Clock | None:
    """Return the clock of an agent in service; None for others and for whoever sees no data."""
    if not sees_variables(act) or head.case.ended_at:
        return None
    found = _Variables(head)
    contract, service = found.contract, found.last("service")
    if contract is None or not isinstance(service, Mapping):
        return None
    today = act.uow.now.astimezone(ZONE).date()
    try:
        return _clock(head, found, contract, today, act.uow.now)
    except (CursusError, ValueError, TypeError, LookupError) as error:
        # data can be corrected by hand, also into what cannot be computed
        return Clock(
            hands=(), next=None, cap=None, remark=_("It cannot be computed: %(why)s", why=error)
        )


class _Variables:
    """The variables of a case over all of its scopes, the innermost last."""

    def __init__(self, head: Head) -> None:
        elements = head.definition.elements
        self._scopes = [
            one.variables
            for one in head.view.scopes
            if one.element is None or not elements[one.element].confidential
        ]

    def last(self, name: str) -> Any:  # noqa: ANN401  # a JSON value
        """Return the value that the innermost scope has for a name."""
        found = [one[name] for one in self._scopes if one.get(name) is not None]
        return found[-1] if found else None

    @property
    def contract(self) -> Mapping[str, Any] | None:
        """The contract that began last: a renewal has the newer dates in its own scope."""
        every: list[Mapping[str, Any]] = [
            found for one in self._scopes if isinstance(found := one.get("contract"), Mapping)
        ]
        dated = [one for one in every if one.get("start") and one.get("end")]
        return max(dated, key=lambda one: str(one["start"]), default=None)


def _clock(
    head: Head, found: _Variables, contract: Mapping[str, Any], today: date, now: datetime
) -> Clock:
    hands = (*_service(found), *_contract(found, contract), *_probation(found, contract))
    steps = [one for one in _renewal(found, contract) if one.day >= today]
    is_limited = (found.last("call") or {}).get("contract_type") != "3a"
    return Clock(
        hands=hands,
        next=next(iter(steps), None),
        cap=_cap(head, found, contract, today, now) if is_limited else None,
        probation=_probation_ended(found.last("probation_outcome")),
        remark=""
        if is_limited
        else _("The six years do not apply: contracts under Article 3a (CEOS Art. 85)."),
    )


def _probation_ended(outcome: object) -> str:
    known = {
        "CONFIRMED": _("confirmed"),
        "DISMISSED": _("dismissed"),
        "RESIGNED": _("resigned"),
        "NOT_APPLICABLE": _("none: the contract was below one year"),
    }
    return known.get(str(outcome), str(outcome)) if outcome else ""


def _service(found: _Variables) -> Iterator[Hand]:
    began = (found.last("service") or {}).get("attended_on")
    if began:
        yield Hand(title=_("In service since"), day=_day(began))


def _contract(found: _Variables, contract: Mapping[str, Any]) -> Iterator[Hand]:
    start, end = _day(contract["start"]), _day(contract["end"])
    title = _("Renewed from") if contract.get("renewed") else _("Contract from")
    yield Hand(title=title, day=start)
    policy = found.last("policy") or {}
    period = policy.get("renewal_duration") if contract.get("renewed") else None
    period = period or (found.last("call") or {}).get("contract_period")
    computed = service_end(start, str(period)) if period else None
    yield _hand(_("Contract until"), end, computed)


def _probation(found: _Variables, contract: Mapping[str, Any]) -> Iterator[Hand]:
    probation, outcome = found.last("probation"), found.last("probation_outcome")
    if isinstance(probation, Mapping) and probation.get("end") and outcome is None:
        end = _day(probation["end"])
        period = probation.get("period")
        computed = service_end(_day(contract["start"]), str(period)) if period else None
        is_extended = computed is not None and computed.day != end
        note = _("extended (CEOS Art. 84(1))") if is_extended else ""
        yield _hand(_("Probation until"), end, computed, note=note)
        limit = latest_before(end, "P1M")
        yield _hand(_("Probation report due"), limit.day, limit)


def _renewal(found: _Variables, contract: Mapping[str, Any]) -> Iterator[Hand]:
    dates, end = found.last("renewal_dates"), _day(contract["end"])
    policy, figures = found.last("policy") or {}, found.last("external_figures") or {}
    if isinstance(dates, Mapping):
        known = (
            (_("The renewal is prepared from"), "opens", policy.get("renewal_start")),
            (_("Reminder of the renewal"), "reminds", policy.get("renewal_escalation")),
            (_("Renewal to be decided by"), "due", figures.get("renewal_decision")),
        )
        for title, name, period in known:
            if dates.get(name):
                limit = latest_before(end, str(period)) if period else None
                yield _hand(title, _day(dates[name]), limit)
    yield Hand(title=_("The contract ends"), day=end)


def _cap(
    head: Head, found: _Variables, contract: Mapping[str, Any], today: date, now: datetime
) -> Cap | None:
    start, end = _day(contract["start"]), _day(contract["end"])
    candidate = found.last("candidate") or {}
    spells = found.last("service_spells") or candidate.get("spells") or []
    # the present contract is counted as the proposed one, as the table wants it
    before = [one for one in spells if str(one["to"]) < str(contract["start"])]
    context = {
        "candidate": {**candidate, "spells": before},
        "contract": contract,
        "call": found.last("call") or {},
    }
    decided = decide(head.definition.models, CAP, context, functions=FUNCTIONS, now=now)
    said, limit = decided.output, _months(found.last("external_figures"))
    if not isinstance(said, Mapping) or limit is None:
        return None
    counted = read_spells(_counted(decided))
    return Cap(
        today=_used(counted, start, min(end, today)),
        at_end=_used(counted, start, end),
        limit=limit * _MONTH,
        latest=_day(said["max_end"]) if said.get("max_end") else None,
        legal_basis=str(said.get("legal_basis") or ""),
        warnings=tuple(str(one) for one in said.get("warnings") or ()),
    )


def _counted(decided: Decided) -> object:
    """Return the earlier spells that count: those of the scope that the policy names."""
    for one in decided.required:
        if one.decision == SPELLS and isinstance(one.output, Mapping):
            return one.output["in_scope"]
    return None


def _used(before: Sequence[Spell], start: date, until: date) -> int:
    own = [Spell(first=start, last=until)] if until >= start else []
    return used_days([*before, *own])


def _months(figures: object) -> int | None:
    found = figures.get(CAP) if isinstance(figures, Mapping) else None
    return int(found) if isinstance(found, int) else None


def _hand(title: str, at: date, limit: TimeLimit | None, *, note: str = "") -> Hand:
    if limit is None or limit.day != at:
        return Hand(title=title, day=at, note=note or _("as decided"))
    steps = tuple(f"{sentence(one.article)}: {derived(one.text)}" for one in limit.derivation)
    return Hand(title=title, day=at, derivation=steps, note=note)


def _day(text: object) -> date:
    return date.fromisoformat(str(text)[:10])


def length(days: int) -> str:
    """Write a length of service in months of 30 days and days."""
    months, rest = divmod(days, _MONTH)
    parts = (
        [ngettext("%(num)s month", "%(num)s months", months) % {"num": months}] if months else []
    )
    if rest or not months:
        parts.append(ngettext("%(num)s day", "%(num)s days", rest) % {"num": rest})
    return _("%(months)s and %(days)s", months=parts[0], days=parts[1]) if parts[1:] else parts[0]
