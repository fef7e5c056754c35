"""The grammar of the expression language, LALR(1) over the tokens of feel.lexer.

Conditionals, loops and function literals reach as far to the right as they can: the parser
generator resolves those conflicts by shifting, which is that reading.
"""

from collections.abc import Iterator
from functools import cache

from lark import Lark, Token
from lark.lexer import Lexer

GRAMMAR = r"""
expression: _expr
unary_tests: test (_COMMA test)*
           | MINUS                                  -> any_value
           | _NOT LPAR test (_COMMA test)* RPAR     -> no_test

_expr: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: _comparison (_AND _comparison)*
_comparison: compare | between | membership | instance | sum
compare: _comparison CMP sum
between: _comparison BETWEEN sum _AND sum
membership: _comparison _IN _target
instance: _comparison _INSTANCE_OF NAME
_target: sum | comparing | several
several: LPAR comparing RPAR | LPAR test (_COMMA test)+ RPAR
comparing: CMP sum
?test: comparing | _expr

?sum: product ((PLUS | MINUS) product)*
?product: power ((STAR | SLASH) power)*
?power: _operand (_POW _operand)*
_operand: negation | postfix
negation: MINUS+ postfix
?postfix: _primary _trailer*
_trailer: path | filter | call
path: _DOT NAME
filter: LSQB _expr RSQB
call: LPAR (named (_COMMA named)* | _expr (_COMMA _expr)*)? RPAR
named: NAME _COLON _expr

_primary: number | string | temporal | constant | variable | list | context | range | paren
        | conditional | loop | quantified | function
number: NUMBER
string: STRING
temporal: AT
constant: TRUE | FALSE | NULL
variable: NAME
paren: LPAR _expr RPAR
list: LSQB (_expr (_COMMA _expr)*)? RSQB
range: (LPAR | LSQB | OPEN_START) _expr _DOTDOT _expr (RPAR | RSQB | OPEN_END)
context: LBRACE (entry (_COMMA entry)*)? RBRACE
entry: (NAME | STRING) _COLON _expr
conditional: IF _expr _THEN _expr _ELSE _expr
loop: FOR iteration (_COMMA iteration)* _RETURN _expr
quantified: (SOME | EVERY) iteration (_COMMA iteration)* _SATISFIES _expr
iteration: NAME _IN _expr (_DOTDOT _expr)?
function: FUNCTION LPAR (parameter (_COMMA parameter)*)? RPAR _expr
parameter: NAME (_COLON NAME)?

%declare NUMBER STRING AT NAME CMP PLUS MINUS STAR SLASH _POW _COMMA _COLON _DOT _DOTDOT
%declare LPAR RPAR LSQB RSQB LBRACE RBRACE OPEN_START OPEN_END
%declare TRUE FALSE NULL IF _THEN _ELSE FOR _RETURN SOME EVERY _SATISFIES _IN BETWEEN
%declare _AND _OR _NOT _INSTANCE_OF FUNCTION
"""


class Tokens(Lexer):
    """Hands the parser the tokens that feel.lexer has read."""

    def __init__(self, _configuration: object) -> None:
        pass

    def lex(self, data: list[Token]) -> Iterator[Token]:  # type: ignore[override]
        """Give the tokens one by one."""
        return iter(data)


@cache
def parser() -> Lark:
    """Build the parser, once per process (about 40 ms)."""
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer=Tokens,
        start=["expression", "unary_tests"],
        propagate_positions=True,
    )
