"""Calls of functions: built in, the caller's, and function literals."""

from collections.abc import Callable, Sequence
from decimal import DecimalException, Overflow

from lark import Token

from feel.builtins import BUILTINS
from feel.errors import Excess, FeelError, Unfit, suggest
from feel.limits import too_large
from feel.scope import Compiler, Environment, Frame, Node, Run, branches, child, leaves, place
from feel.signatures import Overload, Unknown, choose, invoke
from feel.values import Function, read

Trailer = Callable[[object, Frame], object]


class Arguments:
    """The arguments as they are written."""

    def __init__(self, compiler: Compiler, node: Node) -> None:
        nodes = branches(node)
        self.is_named = bool(nodes) and nodes[0].data == "named"
        self.names = tuple(str(leaves(n)[0]) for n in nodes) if self.is_named else ()
        self.places = [place(n) for n in nodes]
        self.runs = [compiler.compile(child(n, -1) if self.is_named else n) for n in nodes]
        if len(set(self.names)) != len(self.names):
            raise compiler.refuse("an argument stands twice", place(node), "leave one out")

    def in_order(self, parameters: Sequence[str]) -> list[Run | None]:
        """Bring the arguments into the order of the parameters, without trailing gaps."""
        if not self.is_named:
            return list(self.runs)
        by_name = dict(zip(self.names, self.runs, strict=True))
        ordered = [by_name.get(name) for name in parameters]
        while ordered and ordered[-1] is None:
            ordered.pop()
        return ordered


def call_by_name(compiler: Compiler, token: Token, node: Node) -> Run:
    """Compile a call of a built-in function, or of one that the caller knows."""
    name, position = str(token), token.start_pos or 0
    arguments = Arguments(compiler, node)
    overloads = BUILTINS.get(name)
    if overloads is None:
        compiler.functions.setdefault(name, position)
        return _foreign(name, arguments, position)
    try:
        overload = choose(name, overloads, arguments.names, len(arguments.runs))
    except Unfit as unfit:
        raise compiler.refuse(unfit.message, position, unfit.suggestion) from None
    return _built_in(overload, arguments, position)


def _built_in(overload: Overload, arguments: Arguments, position: int) -> Run:
    names = [parameter.name for parameter in overload.parameters]
    runs = [run or _null for run in arguments.in_order(names)]

    def run(frame: Frame) -> object:
        values = [argument(frame) for argument in runs]
        return _located(lambda: invoke(overload, values, frame.env), frame.env, position)

    return run


def _null(_frame: Frame) -> None:
    return None


def _located(call: Callable[[], object], env: Environment, position: int) -> object:
    """Call, and give what is refused its position."""
    try:
        return call()
    except Excess as excess:
        raise env.limit(excess, position) from None
    except Overflow:
        raise env.limit(too_large(), position) from None
    except Unfit as unfit:
        raise env.refusal(unfit, position) from None
    except (DecimalException, OverflowError):
        return None


def _foreign(name: str, arguments: Arguments, position: int) -> Run:
    def run(frame: Frame) -> object:
        env = frame.env
        function = env.functions.get(name) or _variable(name, frame)
        if not isinstance(function, Function):
            raise env.refusal(_unknown(name, env), position)
        return _located(lambda: _apply(name, function, arguments, frame), env, position)

    return run


def _variable(name: str, frame: Frame | None) -> object:
    while frame is not None:
        if name in frame.names:
            return frame.names[name]
        frame = frame.up
    return None


def _unknown(name: str, env: Environment) -> Unfit:
    known = [*env.functions, *BUILTINS]
    close = suggest(name, known)
    return Unfit(
        f"there is no function `{name}`",
        f"did you mean `{close}`?" if close else "use a function that is built in",
    )


def call_value(compiler: Compiler, node: Node) -> Trailer:
    """Compile a call of a function that is a value; what is no function gives null."""
    arguments, position = Arguments(compiler, node), place(node)

    def run(function: object, frame: Frame) -> object:
        if not isinstance(function, Function):
            return None
        return _located(lambda: _apply("function", function, arguments, frame), frame.env, position)

    return run


def _apply(name: str, function: Function, arguments: Arguments, frame: Frame) -> object:
    _check(name, function, arguments)
    ordered = arguments.in_order(function.parameters)
    values = [run(frame) if run else None for run in ordered]
    frame.env.budget.charge(1)
    try:
        result = function.call(*values)
    except (FeelError, Excess, Unfit):
        raise
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        raise Unfit(f"`{name}` refuses its arguments: {error}", "check the arguments") from error
    return read(result, frame.env.budget)


def _check(name: str, function: Function, arguments: Arguments) -> None:
    for given in arguments.names:
        if given not in function.parameters:
            raise Unknown(name, given, function.parameters)
    given_names = arguments.names or function.parameters[: len(arguments.runs)]
    required = function.parameters[: len(function.parameters) - function.optional]
    if set(required) <= set(given_names) and len(arguments.runs) <= len(function.parameters):
        return
    written = ", ".join(function.parameters)
    raise Unfit(
        f"`{name}` is called with {len(arguments.runs)} arguments", f"write `{name}({written})`"
    )
