"""Multi-instance: a body token that counts, an instance token for each item."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.kernel.expressions import evaluate, holds
from engine.kernel.graph import Loop, Node
from engine.kernel.scopes import assign, visible
from engine.kernel.specs.base import fail
from engine.kernel.withdraw import withdraw
from engine.kernel.workflow import InnerWorkflow, Token

#: A panel has a handful of members, a call some thousands of applications.
MAX_INSTANCES = 5_000


def begin(body: Token, loop: Loop) -> bool:
    """Start all instances, or the first; True if there is nothing to do."""
    items = evaluate(loop.collection, visible(body), now=body.run_state.now, where=body.element)
    if not isinstance(items, list):
        raise fail(body, f"the input collection {loop.collection} is not a list")
    if len(items) > MAX_INSTANCES:
        raise fail(body, f"the input collection has more than {MAX_INSTANCES} items")
    facts: dict[str, Any] = {"items": items, "next": 0, "done": 0, "stopped": 0}
    facts["results"] = [None] * len(items)
    body.internal_data["loop"] = facts
    if not items:
        _close(body, loop)
        return True
    body._set_state(TaskState.STARTED)
    for _ in items[:1] if loop.sequential else items:
        _next(body, loop)
    return False


def _next(body: Token, loop: Loop) -> None:
    facts = body.internal_data["loop"]
    index = facts["next"]
    facts["next"] = index + 1
    data: dict[str, object] = {"loopCounter": index + 1}
    if loop.element:
        data[loop.element] = facts["items"][index]
    body.workflow.spawn(body.element, facts={"body": body.id, "index": index + 1}, data=data)


def gather(instance: Token, node: Node) -> None:
    """Count a completed instance; start the next, or complete the body."""
    body = instance.workflow.tasks.get(instance.body)
    loop = node.loop
    if body is None or loop is None:
        return
    facts = body.internal_data["loop"]
    facts["done"] += 1
    if node.kind not in ("subProcess", "callActivity"):
        _store(body, instance, loop, visible(instance))
    if _is_complete(body, instance, loop):
        _stop_others(body, instance)
        _close(body, loop)
        body._ready()
    elif loop.sequential:
        _next(body, loop)


def keep_output(token: Token, loop: Loop | None, inner: InnerWorkflow) -> None:
    """Store the output element of an instance that was a scope, while that is still there."""
    body = token.workflow.tasks.get(token.body) if token.body else None
    if body is not None and loop is not None:
        called = token.node.kind == "callActivity"
        _store(body, token, loop, visible(token) if called else visible(inner.task_tree))


def _store(body: Token, instance: Token, loop: Loop, context: Mapping[str, object]) -> None:
    if not loop.output_element:
        return
    now = body.run_state.now
    value = evaluate(loop.output_element, context, now=now, where=body.element)
    results = list(body.internal_data["loop"]["results"])
    results[(instance.instance or 1) - 1] = value
    body.internal_data["loop"]["results"] = results


def _is_complete(body: Token, instance: Token, loop: Loop) -> bool:
    facts = body.internal_data["loop"]
    total = len(facts["items"])
    if facts["done"] + facts["stopped"] >= total:
        return True
    if not loop.condition:
        return False
    counters = {
        "numberOfInstances": total,
        "numberOfActiveInstances": facts["next"] - facts["done"],
        "numberOfCompletedInstances": facts["done"],
        "numberOfTerminatedInstances": facts["stopped"],
    }
    context = visible(instance, counters)
    if loop.output_collection:
        context = visible(instance, {**counters, loop.output_collection: facts["results"]})
    return holds(loop.condition, context, now=body.run_state.now, where=body.element)


def _stop_others(body: Token, instance: Token) -> None:
    for other in body.workflow.tokens:
        if other.body == body.id and other is not instance:
            body.internal_data["loop"]["stopped"] += 1
            withdraw(other)


def _close(body: Token, loop: Loop) -> None:
    if loop.output_collection:
        assign(body, {loop.output_collection: body.internal_data["loop"]["results"]})


def item_facts(token: Token) -> dict[str, Any]:
    """Return the loop counter of an instance that was a scope."""
    return {"loopCounter": token.instance} if token.instance else {}
