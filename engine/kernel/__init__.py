"""The process engine proper: a pure step over SpiffWorkflow, which no other room imports."""

from engine.kernel.bundle import Bundle, collect
from engine.kernel.commands import (
    Cancel,
    Command,
    CompleteTask,
    Extend,
    FailEffect,
    FinishEffect,
    Migrate,
    Receive,
    SendBack,
    SetVariables,
    Signal,
    Start,
    Tick,
    command_from_json,
)
from engine.kernel.deadline import Reason, reasons
from engine.kernel.definition import Definition, cached, load
from engine.kernel.gate import check
from engine.kernel.machine import restore, step
from engine.kernel.migrate import Move, Preview, preview_migration
from engine.kernel.model import (
    Catalogue,
    Effect,
    Element,
    Ended,
    Flow,
    OpenTask,
    OutgoingMessage,
    Passage,
    Process,
    ScopeView,
    Step,
    Subscription,
    Timer,
    TimerRule,
    Token,
    View,
)
from engine.kernel.outlook import Ahead, ahead
from engine.kernel.parts import Named, Outline, PartChange, differences, outline
from engine.kernel.submission import seen_by, task_variables
from engine.kernel.views import inspect
from engine.kernel.workflow import CaseWorkflow

__all__ = [
    "Ahead",
    "Bundle",
    "Cancel",
    "CaseWorkflow",
    "Catalogue",
    "Command",
    "CompleteTask",
    "Definition",
    "Effect",
    "Element",
    "Ended",
    "Extend",
    "FailEffect",
    "FinishEffect",
    "Flow",
    "Migrate",
    "Move",
    "Named",
    "OpenTask",
    "OutgoingMessage",
    "Outline",
    "PartChange",
    "Passage",
    "Preview",
    "Process",
    "Reason",
    "Receive",
    "ScopeView",
    "SendBack",
    "SetVariables",
    "Signal",
    "Start",
    "Step",
    "Subscription",
    "Tick",
    "Timer",
    "TimerRule",
    "Token",
    "View",
    "ahead",
    "cached",
    "check",
    "collect",
    "command_from_json",
    "differences",
    "inspect",
    "load",
    "outline",
    "preview_migration",
    "reasons",
    "restore",
    "seen_by",
    "step",
    "task_variables",
]
