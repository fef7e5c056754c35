"""Activities: inputs, boundary events, the work itself, outputs; once or for each item."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.decisions import decide
from engine.errors import DecisionRefused, ExecutionFailed
from engine.kernel.expressions import evaluate
from engine.kernel.graph import Node
from engine.kernel.model import Flow
from engine.kernel.scopes import assign, visible
from engine.kernel.specs import loops
from engine.kernel.specs.base import NodeSpec, mapped
from engine.kernel.specs.duties import write_duty
from engine.kernel.specs.events import listen, win
from engine.kernel.withdraw import release
from engine.kernel.workflow import InnerWorkflow, Token
from engine.timelimits.functions import FUNCTIONS


class ActivitySpec(NodeSpec):
    """An activity; subclasses say what its work is."""

    def enter(self, token: Token) -> bool:
        """Map the inputs, set up the boundary events, begin the work."""
        if self.node.loop is not None and token.body is None:
            self.guard(token)
            return loops.begin(token, self.node.loop)
        token.data.update(mapped(token, self.node.inputs, visible(token)))
        if token.body is None:
            self.guard(token)
        return self.begin(token)

    def guard(self, token: Token) -> None:
        """Put a waiting token on each boundary event."""
        for name in self.node.boundaries:
            token.workflow.spawn(name, facts={"host": token.id})

    def begin(self, token: Token) -> bool:
        """Begin the work; True if it can be done at once."""
        return True

    def _on_ready_hook(self, token: Token) -> None:
        """Let the machine run it, unless a person must; the body of a loop never waits."""
        if not self.manual or "loop" in token.internal_data:
            token.run_state.ready.append(token)

    def _run_hook(self, token: Token) -> bool | None:
        return True if "loop" in token.internal_data else self.execute(token)

    def leave(self, token: Token) -> None:
        """Withdraw the boundary events and go on; an instance reports to its body instead."""
        if token.body is not None:
            loops.gather(token, self.node)
            return
        release(token)
        super().leave(token)


class PersonSpec(ActivitySpec):
    """A user or manual task: it waits in the worklist."""

    def __init__(self, wf_spec: object, node: Node) -> None:
        """Keep the machine from running it."""
        super().__init__(wf_spec, node)
        self.manual = True

    def begin(self, token: Token) -> bool:
        """Work out once who should do it by when."""
        write_duty(token)
        return True

    def leave(self, token: Token) -> None:
        """Remember it, so that a later task can be sent back here."""
        if self.node.id not in token.workflow.visited:
            token.workflow.visited.append(self.node.id)
        super().leave(token)


class OperationSpec(ActivitySpec):
    """A service or send task: an effect that the shell runs."""

    def execute(self, token: Token) -> bool | None:
        """Stay started until the shell reports back; a plain message leaves at once."""
        event = self.node.event
        if self.node.element.operation:
            return None
        if event is not None and event.name:
            token.run_state.throw_out("message", event.name, self.node.id, token.data)
        return True


class ReceiveSpec(ActivitySpec):
    """A receive task."""

    def begin(self, token: Token) -> bool:
        """Wait for the message."""
        if self.node.event is None:
            raise ExecutionFailed("the receive task names no message", where=token.element)
        return listen(token, self.node.event)

    def fire(self, token: Token, values: Mapping[str, object]) -> None:
        """Take what the message brought."""
        win(token)
        self.finish(token, values)
        token._ready()


class ScriptSpec(ActivitySpec):
    """A script task: one FEEL expression."""

    def execute(self, token: Token) -> bool | None:
        """Evaluate the expression."""
        text = self.node.script or ""
        value = evaluate(text, visible(token), now=token.run_state.now, where=token.element)
        self.finish(token, {self.node.result: value} if self.node.result else {})
        return True


class DecisionSpec(ActivitySpec):
    """A business rule task: one decision table."""

    def execute(self, token: Token) -> bool | None:
        """Take the decision and keep its reasons for the history."""
        run = token.run_state
        try:
            decided = decide(
                run.models,
                self.node.element.decision or "",
                dict(visible(token)),
                functions=FUNCTIONS,
                now=run.now,
            )
        except DecisionRefused as refusal:
            raise ExecutionFailed(
                f"the decision {self.node.element.decision} was not taken: {refusal}",
                where=token.element,
                remedy=refusal.remedy,
            ) from refusal
        run.decisions.append(decided)
        self.finish(token, {self.node.result or self.node.id: decided.output})
        return True


class ScopeSpec(ActivitySpec):
    """A sub-process or call activity: a scope of its own."""

    def begin(self, token: Token) -> bool:
        """Open the inner scope with the inputs as its variables."""
        case = token.workflow.top_workflow
        token._set_state(TaskState.STARTED)
        called = self.node.kind == "callActivity"
        scope = (self.node.element.calls or "") if called else self.node.id
        inner = case.open_scope(token, scope)
        inner.data.update(self._seen_inside(token) if called else token.data)
        token.data.clear()
        open_listeners(inner, scope)
        inner.spawn(token.run_state.graph.scopes[scope].start or "")
        return False

    def _seen_inside(self, token: Token) -> dict[str, Any]:
        """Return what a called process sees: what is mapped and nothing else."""
        return {
            row.target.split(".")[0]: token.data[row.target.split(".")[0]]
            for row in self.node.inputs
        }

    def close(self, token: Token, inner: InnerWorkflow) -> None:
        """Map the outputs of the inner scope and complete."""
        if self.node.outputs:
            context = visible(inner.task_tree)
            token.data.update(loops.item_facts(token))
            assign(token, mapped(token, self.node.outputs, context))
        loops.keep_output(token, self.node.loop, inner)
        if self.node.kind == "eventSubProcess" and token.workflow.last_end is None:
            token.workflow.last_end = inner.last_end
        token.workflow.top_workflow.subprocesses.pop(token.id)
        token.complete()

    def chosen(self, token: Token) -> list[Flow]:
        """Return nothing behind an event sub-process."""
        return [] if self.node.kind == "eventSubProcess" else super().chosen(token)


def open_listeners(tree: Any, scope: str) -> None:  # noqa: ANN401  # SpiffWorkflow is untyped
    """Begin to listen for the events that start event sub-processes of a scope."""
    graph = tree.run.graph
    for name in graph.scopes[scope].listeners:
        start = graph.scopes[name].start
        if start is not None:
            tree.spawn(start, facts={"listens": name})
