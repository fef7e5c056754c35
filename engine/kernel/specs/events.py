"""Start, end, intermediate and boundary events, and the listeners of event sub-processes."""

from collections.abc import Mapping

from SpiffWorkflow.util.task import TaskState

from engine.kernel.expressions import evaluate, holds
from engine.kernel.graph import Event, Node
from engine.kernel.model import Flow
from engine.kernel.scopes import visible
from engine.kernel.specs.base import NodeSpec, mapped
from engine.kernel.specs.raising import raise_code
from engine.kernel.timers import arm, next_beat
from engine.kernel.withdraw import withdraw, withdraw_all
from engine.kernel.workflow import Token


def listen(token: Token, event: Event) -> bool:
    """Begin to wait for an event; True if it has happened already."""
    token._set_state(TaskState.WAITING)
    facts = token.internal_data
    if event.kind == "timer" and "due" not in facts:
        arm(token, event)
    if event.kind == "message" and event.correlation:
        context = visible(token)
        key = evaluate(event.correlation, context, now=token.run_state.now, where=token.element)
        facts["correlation"] = None if key is None else str(key)
    if event.kind == "conditional":
        facts.setdefault("was", False)
        token.run_state.changed = True
    return False


class CatchSpec(NodeSpec):
    """An event that waits."""

    def enter(self, token: Token) -> bool:
        """Wait; a link catch is only the landing of a jump."""
        event = self.node.event
        if event is None or event.kind == "link":
            return True
        return listen(token, event)

    def fire(self, token: Token, values: Mapping[str, object]) -> None:
        """Go on with what the event brought; the other events of a race are withdrawn."""
        win(token)
        self.finish(token, values)
        token._ready()


def win(token: Token) -> None:
    """Withdraw the other events of the race a token was in."""
    race = token.internal_data.pop("race", None)
    for other in token.workflow.tokens if race else ():
        if other.internal_data.get("race") == race:
            withdraw(other)


class BoundaryCatchSpec(CatchSpec):
    """A boundary event: interrupting ones end their activity, others go on listening."""

    def fire(self, token: Token, values: Mapping[str, object]) -> None:
        """Leave by the boundary."""
        again = self._again(token)
        self.finish(token, values)
        host = token.workflow.tasks.get(token.host)
        if self.node.element.interrupting and host is not None:
            withdraw(host, keep=token)
        elif again is not None and host is not None:
            token.workflow.spawn(self.node.id, facts={"host": token.host, **again})
        token._ready()

    def _again(self, token: Token) -> dict[str, object] | None:
        if self.node.event is None or self.node.element.interrupting:
            return None
        if self.node.event.kind == "timer":
            return next_beat(token)
        return {"was": True} if self.node.event.kind == "conditional" else {}


class ListenerSpec(CatchSpec):
    """Waits in a scope for what starts one of its event sub-processes."""

    def fire(self, token: Token, values: Mapping[str, object]) -> None:
        """Open the event sub-process, ending everything else in the scope if it interrupts."""
        tree = token.workflow
        again = None
        if self.node.element.interrupting:
            withdraw_all(tree)
        else:
            again = self._again(token)
            tree.drop(token)
        self.finish(token, values)
        tree.spawn(self.node.scope)
        if again is not None:
            tree.spawn(self.node.id, facts={"listens": self.node.scope, **again})

    def _again(self, token: Token) -> dict[str, object] | None:
        event = self.node.event
        if event is not None and event.kind == "timer":
            return next_beat(token)
        return {"was": True} if event is not None and event.kind == "conditional" else {}


class ThrowSpec(NodeSpec):
    """An intermediate event that throws."""

    def execute(self, token: Token) -> bool | None:
        """Send a message through its operation, if it has one."""
        if self.node.element.operation:
            token.data.update(mapped(token, self.node.inputs, visible(token)))
            return None
        return True

    def leave(self, token: Token) -> None:
        """Throw, then go on; a link goes on at its catch event."""
        if self.node.link_target:
            token.workflow.spawn(self.node.link_target)
            return
        self.throw(token)
        if token.workflow.is_alive:
            super().leave(token)

    def throw(self, token: Token) -> None:
        """Throw what the event carries."""
        event = self.node.event
        if event is None:
            return
        if event.kind in ("error", "escalation"):
            raise_code(token, event.kind, event.code)
        elif event.name and not self.node.element.operation:
            values = mapped(token, self.node.inputs, visible(token))
            token.run_state.throw_out(event.kind, event.name, self.node.id, values)
            if event.kind == "signal":
                broadcast(token, event.name, values)


class EndSpec(ThrowSpec):
    """An end event."""

    def leave(self, token: Token) -> None:
        """Throw what the event carries; terminate ends the whole scope."""
        token.workflow.last_end = self.node.id
        self.throw(token)
        if self.node.event and self.node.event.kind == "terminate":
            withdraw_all(token.workflow, keep=token)

    def chosen(self, token: Token) -> list[Flow]:
        """Return nothing: the way ends here."""
        return []


def broadcast(origin: Token, name: str, values: Mapping[str, object]) -> int:
    """Fire everything in the case that waits for a signal; return how many."""
    waiting = [
        token
        for tree in origin.workflow.top_workflow.trees
        for token in tree.tokens
        if awaits(token, "signal", name)
    ]
    return sum(_fired(token, values) for token in waiting)


def _fired(token: Token, values: Mapping[str, object]) -> bool:
    if not token.is_alive or token.state != TaskState.WAITING:
        return False
    token.task_spec.fire(token, values)
    return True


def awaits(token: Token, kind: str, name: str) -> bool:
    """Tell whether a token waits for this message or signal."""
    if token.state != TaskState.WAITING:
        return False
    event: Event | None = getattr(token.task_spec, "node", None) and token.node.event
    return event is not None and event.kind == kind and event.name == name


def newly_true(token: Token) -> bool:
    """Tell whether the condition of a waiting conditional event has just become true."""
    node: Node = token.node
    if token.state != TaskState.WAITING or node.event is None or node.event.kind != "conditional":
        return False
    now = token.run_state.now
    true = holds(node.event.text, visible(token), now=now, where=node.id)
    was = token.internal_data.get("was", False)
    token.internal_data["was"] = true
    return true and not was
