"""What an expression is compiled with, and the frames in which it then runs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from lark import Token, Tree

from feel.errors import Excess, FeelLimitError, FeelRuntimeError, FeelSyntaxError, Unfit
from feel.limits import MAX_NESTING, Budget
from feel.values import Function

Node = Tree[Token]


class Environment:
    """What one evaluation may use: functions, an instant, a budget."""

    __slots__ = ("budget", "functions", "now", "text")

    def __init__(self, text: str, functions: Mapping[str, Function], now: datetime | None) -> None:
        self.text = text
        self.functions = functions
        self.now = _plain(now)
        self.budget = Budget()

    def limit(self, excess: Excess, position: int) -> FeelLimitError:
        """Place the passing of a limit."""
        return FeelLimitError(
            excess.message, text=self.text, position=position, suggestion=excess.suggestion
        )

    def refusal(self, unfit: Unfit, position: int) -> FeelRuntimeError:
        """Place a call that cannot be made."""
        return FeelRuntimeError(
            unfit.message, text=self.text, position=position, suggestion=unfit.suggestion
        )


def _plain(now: datetime | None) -> datetime | None:
    """Make a clock's own kind of datetime a plain one: values are told apart by exact type."""
    if now is None or type(now) is datetime:
        return now
    whole = now.replace(microsecond=0).timetuple()[:6]
    return datetime(*whole, now.microsecond, tzinfo=now.tzinfo)


class Frame:
    """The names of one scope; the outermost frame holds the caller's variables, as they are."""

    __slots__ = ("env", "names", "up")

    def __init__(self, names: Mapping[str, object], up: "Frame | None", env: Environment) -> None:
        self.names = names
        self.up = up
        self.env = env


Run = Callable[[Frame], object]
Rule = Callable[["Compiler", Node], Run]


class Compiler:
    """Turns a parse tree into closures and notes the free names; raises FeelError."""

    def __init__(self, text: str, *, rules: Mapping[str, Rule]) -> None:
        self.text = text
        self.rules = rules
        #: free names and where they stand first
        self.names: dict[str, int] = {}
        #: names inside filters: entries of the elements, or free names
        self.possible_names: dict[str, int] = {}
        #: called functions that are not built in and where they stand first
        self.functions: dict[str, int] = {}
        #: nodes compiled so far: what one run of them costs at most
        self.weight = 0
        self._scopes: list[frozenset[str]] = []
        self._filters = 0
        self._depth = 0

    def compile(self, node: Node) -> Run:
        """Compile one node and what stands below it."""
        while node.data == "paren":
            node = child(node, 1)
        self.weight += 1
        self._depth += 1
        if self._depth > MAX_NESTING:
            deep = f"the expression is nested more than {MAX_NESTING} levels deep"
            raise self.excess(Excess(deep, "split the expression"), place(node))
        run = self.rules[node.data](self, node)
        self._depth -= 1
        return run

    def weigh(self, node: Node) -> tuple[Run, int]:
        """Compile a node that will run many times; gives what each run costs."""
        before = self.weight
        run = self.compile(node)
        return run, self.weight - before

    @contextmanager
    def scope(self, *names: str, of_elements: bool = False) -> Iterator[None]:
        """Bind names, or inside a filter also the unknown entries of its elements."""
        self._scopes.append(frozenset(names))
        self._filters += of_elements
        yield
        self._filters -= of_elements
        self._scopes.pop()

    def is_bound(self, name: str) -> bool:
        """Tell whether the expression itself gives the name a value."""
        return any(name in names for names in self._scopes)

    @property
    def is_nested(self) -> bool:
        """Tell whether any frame will lie over the caller's variables."""
        return bool(self._scopes)

    def note(self, name: str, position: int) -> None:
        """Note the use of a variable."""
        if not self.is_bound(name):
            noted = self.possible_names if self._filters else self.names
            noted.setdefault(name, position)

    def excess(self, excess: Excess, position: int) -> FeelLimitError:
        """Place the passing of a limit."""
        return FeelLimitError(
            excess.message, text=self.text, position=position, suggestion=excess.suggestion
        )

    def refuse(self, message: str, position: int, suggestion: str) -> FeelSyntaxError:
        """Refuse what the grammar allows but the language does not."""
        return FeelSyntaxError(message, text=self.text, position=position, suggestion=suggestion)


def child(node: Node, index: int) -> Node:
    """Take a child that is a tree."""
    found = node.children[index]
    assert isinstance(found, Tree)  # noqa: S101  # narrows the type for mypy
    return found


def branches(node: Node) -> list[Node]:
    """Take the children that are trees."""
    return [found for found in node.children if isinstance(found, Tree)]


def leaves(node: Node) -> list[Token]:
    """Take the children that are tokens."""
    return [found for found in node.children if isinstance(found, Token)]


def place(node: Node) -> int:
    """Say where a node begins in the text."""
    return int(getattr(node.meta, "start_pos", 0))


def mentions(node: Node, name: str) -> bool:
    """Tell whether a name stands anywhere in a node."""
    tokens = node.scan_values(lambda leaf: isinstance(leaf, Token) and leaf.type == "NAME")
    return any(token == name for token in tokens)
