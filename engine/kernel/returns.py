"""Where the open tasks of a case can be sent back to."""

from collections.abc import Mapping
from datetime import UTC, datetime

from engine.kernel import codec, views
from engine.kernel.definition import Definition
from engine.kernel.model import Element
from engine.kernel.sendback import obstacle


def return_targets(definition: Definition, state: bytes) -> Mapping[str, tuple[Element, ...]]:
    """Return the earlier tasks that each open task, by its id, can be sent back to."""
    # nothing here depends on the instant
    case = codec.restore(definition, state, now=datetime.fromtimestamp(0, UTC))
    return {
        token.id: tuple(
            definition.elements[name]
            for name in sorted(token.workflow.visited)
            if name != token.element and obstacle(case, token, name) is None
        )
        for token in views.all_tokens(case)
        if views.is_task(token)
    }
