"""Decision tables: which rule fired, why, and whether the table is sound.

`parse` compiles a DMN 1.1-1.5 file once; `decide` takes a decision over any number of models, for a
required decision may stand in another file (`href="namespace#id"`; ids are unique over the models);
`check` looks for overlaps, gaps, broken cells and unknown names before publication.

The models needed by a decision are those that hold it and, transitively, `Decision.requires`:
`required_ids(models, decision_id)` lists the ids. `Decision.names` are the names it reads, those
of required decisions included.
"""

from engine.decisions.check import check
from engine.decisions.decide import decide, find, required_ids
from engine.decisions.decided import CellTrace, Decided, InputTrace, RuleTrace
from engine.decisions.findings import Finding
from engine.decisions.model import Aggregation, Decision, HitPolicy, Model, Table
from engine.decisions.parse import parse

__all__ = [
    "Aggregation",
    "CellTrace",
    "Decided",
    "Decision",
    "Finding",
    "HitPolicy",
    "InputTrace",
    "Model",
    "RuleTrace",
    "Table",
    "check",
    "decide",
    "find",
    "parse",
    "required_ids",
]
