"""SpiffWorkflow's tree, used so that it holds nothing but the tokens that are alive.

A token that is done leaves the tree, a new one hangs directly under the root. So nothing is
predicted, the tree never grows deep (traps S2, S8) and the state does not grow with the history.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import ExecutionFailed
from engine.kernel.run import Run

if TYPE_CHECKING:
    from engine.kernel.graph import Node


def spec_name(element: str) -> str:
    """Return the name of an element's spec: the prefix keeps clear of internal names (trap S2)."""
    return f"#{element}"


class NoScripts:
    """A script engine that runs nothing: every expression goes through FEEL (section 4)."""

    environment = None

    def validate(self, expression: str) -> None:
        """Refuse: SpiffWorkflow never sees an expression."""
        raise ExecutionFailed(f"SpiffWorkflow was asked to read {expression!r}")

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> object:
        """Refuse: SpiffWorkflow never sees an expression."""
        raise ExecutionFailed(f"SpiffWorkflow was asked to evaluate {expression!r}")

    def execute(self, task: Task, script: str, external_context: object = None) -> object:
        """Refuse: SpiffWorkflow never sees a script."""
        raise ExecutionFailed(f"SpiffWorkflow was asked to run {script!r}")


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """One token in a scope; `key` is its element and ordinal, `internal_data` its own facts."""

    id: str
    key: str
    data: dict[str, Any]
    internal_data: dict[str, Any]
    task_spec: Any

    def __init__(
        self, workflow: "ScopeTree", spec: object, *, key: str, parent: "Token | None" = None
    ) -> None:
        """Hang a new token under the root; its id follows from its key."""
        identity = workflow.run.ledger.identity(key)
        super().__init__(workflow, spec, parent=parent, state=TaskState.FUTURE, id=identity)
        self.key = key

    def _set_state(self, value: int) -> None:
        """Set the state without asking the wall clock or writing logs."""
        self._state = value

    @property
    def node(self) -> "Node":
        """Return the node of the diagram the token is on."""
        return self.task_spec.node  # type: ignore[no-any-return]  # specs are untyped here

    @property
    def element(self) -> str:
        """Return the id of the element the token is on."""
        return self.node.id

    @property
    def run_state(self) -> Run:
        """Return the step in progress."""
        return self.workflow.run  # type: ignore[no-any-return]  # SpiffWorkflow is untyped

    @property
    def host(self) -> str | None:
        """Return the id of the activity a boundary token sits on."""
        return self.internal_data.get("host")

    @property
    def body(self) -> str | None:
        """Return the id of the multi-instance body an instance belongs to."""
        return self.internal_data.get("body")

    @property
    def instance(self) -> int | None:
        """Return the loop counter of an instance, from 1."""
        return self.internal_data.get("index")

    @property
    def is_listener(self) -> bool:
        """Tell whether the token only waits to start an event sub-process."""
        return "listens" in self.internal_data

    @property
    def is_alive(self) -> bool:
        """Tell whether the token is still in its scope."""
        return self.id in self.workflow.tasks and self.workflow.is_alive


class ScopeTree:
    """What the case and its sub-workflows share."""

    run: Run
    tasks: dict[str, Token]
    data: dict[str, Any]
    task_tree: Token
    spec: Any
    #: user tasks completed in this scope, for sending back
    visited: list[str]
    #: the last end event reached
    last_end: str | None

    def plant(self) -> None:
        """Make the root; it is always completed and holds the live tokens as children."""
        self.visited = []
        self.last_end = None
        self.tasks.clear()
        self.task_tree = Token(self, self.spec.start, key=f"{self.spec.name}/{self.root_key}")
        self.task_tree._set_state(TaskState.COMPLETED)

    @property
    def root_key(self) -> str:
        """Return what tells this root from others of the same process."""
        return getattr(self, "parent_task_id", None) or "root"

    @property
    def tokens(self) -> list[Token]:
        """Return the live tokens, oldest first."""
        return [token for token in self.tasks.values() if token is not self.task_tree]

    @property
    def is_alive(self) -> bool:
        """Tell whether the scope is still part of the case."""
        raise NotImplementedError

    def spawn(
        self,
        element: str,
        *,
        facts: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> Token:
        """Put a new token on an element and let it enter."""
        spec = self.spec.task_specs[spec_name(element)]
        token = Token(self, spec, key=self.run.ledger.next_key(element), parent=self.task_tree)
        token.internal_data.update(facts or {})
        token.data.update(data or {})
        if not token.is_listener:
            self.run.note(element, "entered", instance=token.instance)
        spec._update(token)
        return token

    def drop(self, token: Token) -> None:
        """Take a token out of the tree."""
        if token.id in self.tasks:
            self.tasks.pop(token.id)
            self.task_tree._children.remove(token.id)

    def _task_completed_notify(self, token: Token) -> None:
        """Remove what is done; the machine looks for the end of the scope afterwards."""
        self.drop(token)

    def update_waiting_tasks(self) -> None:
        """Do nothing: the machine asks the joins when nothing else moves."""


class CaseWorkflow(ScopeTree, BpmnWorkflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The root process of a case."""

    def __init__(self, spec: object, subprocess_specs: Mapping[str, object], run: Run) -> None:
        """Begin without tokens."""
        self.run = run
        super().__init__(spec, subprocess_specs, script_engine=NoScripts(), deserializing=True)
        self.plant()

    @property
    def is_alive(self) -> bool:
        """Tell whether the scope is still part of the case: the root always is."""
        return True

    @property
    def trees(self) -> list[ScopeTree]:
        """Return all scopes of the case, oldest first."""
        return [self, *self.subprocesses.values()]

    def open_scope(self, token: Token, scope: str) -> "InnerWorkflow":
        """Make the scope inside a sub-process or call activity."""
        inner = InnerWorkflow(self.subprocess_specs[scope], token, self)
        self.subprocesses[token.id] = inner
        return inner

    def find(self, identity: str) -> Token | None:
        """Return a live token by its id."""
        for tree in self.trees:
            if identity in tree.tasks and tree.tasks[identity] is not tree.task_tree:
                return tree.tasks[identity]
        return None


class InnerWorkflow(ScopeTree, BpmnSubWorkflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The inside of a sub-process or of a called process."""

    def __init__(self, spec: object, token: Token, top: CaseWorkflow) -> None:
        """Begin without tokens below the token that opened the scope."""
        self.run = top.run
        self.holder = token
        super().__init__(spec, token.id, top, deserializing=True)
        self.plant()

    @property
    def is_alive(self) -> bool:
        """Tell whether the scope is still part of the case."""
        return self.parent_task_id in self.top_workflow.subprocesses and self.holder.is_alive

    @property
    def is_called(self) -> bool:
        """Tell whether this is a called process, which sees nothing of its caller."""
        return self.holder.node.kind == "callActivity"
