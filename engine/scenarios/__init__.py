"""Scenarios: what a diagram must do, told step by step and run on the pure kernel.

`read(*folders)` loads files and scenarios, `parse` reads one scenario file, `run` plays a scenario
under a moving clock, `rehearse` shows what fires when nobody acts, `Coverage` adds up what runs
touched and says what none of them did. Beyond the form in docs/design.md:

    when: {signal: x, with: {...}}           broadcast a signal
    when: {receive: x, correlation: "..."}   a message with its correlation key
    then: {ended: null}                      the case still runs
    then: {decided: {absence: [2]}}          rules of the last time this decision was taken
    then: {operations: [mail.send, {cast.lookup: {candidate: c-1}}]}
                                             exactly those called since the last such check
    given: {operations: {cast.lookup: [{registered: false}, {registered: true}]}}
                                             answers in turn, the last for ever; an element id may
                                             stand for an operation and comes first
    decision: grade                          instead of `process`: one decision, without steps, with
                                             `then: {output: {grade: 14}, rules: [2]}`

An operation is answered at once, unless the next `when` is its `fail`.
"""

from engine.scenarios.coverage import Coverage, Part, parts
from engine.scenarios.folder import Shipped, read
from engine.scenarios.model import Entry, Run, Scenario, Then, When
from engine.scenarios.player import rehearse, run
from engine.scenarios.reader import ENDING, parse
from engine.scenarios.rehearsal import story

__all__ = [
    "ENDING",
    "Coverage",
    "Entry",
    "Part",
    "Run",
    "Scenario",
    "Shipped",
    "Then",
    "When",
    "parse",
    "parts",
    "read",
    "rehearse",
    "run",
    "story",
]
