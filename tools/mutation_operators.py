"""What can be changed about one node of a syntax tree: each operator yields what may stand in the node's place.

Together: comparisons shifted or turned, conditions negated, operands of and/or dropped or joined the other way,
arithmetic turned, numbers one more and one less, booleans turned, words and bytes changed, entries and elements left
out, min and max, any and all exchanged, loops that never run, results replaced by None.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import NamedTuple

REMOVED = "(removed)"

_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_BYTES_MUTATED_MAX = 64


class Change(NamedTuple):
    """What stands in a node's place; the texts only where those of the surroundings would not tell."""

    new: ast.AST
    before: str | None = None
    after: str | None = None


def negated(node: ast.expr) -> Change:
    """The opposite of a condition that is no comparison."""
    return Change(ast.UnaryOp(ast.Not(), copy.copy(node)))


def without_elements(node: ast.List | ast.Tuple) -> Iterator[Change]:
    """The same list with one element less."""
    for i, element in enumerate(node.elts):
        rest = node.elts[:i] + node.elts[i + 1 :]
        text = ast.unparse(node)
        yield Change(type(node)(rest, ast.Load()), f"{text}: {ast.unparse(element)}", REMOVED)


def _compare(node: ast.Compare) -> Iterator[Change]:
    for i, operator in enumerate(node.ops):
        for other in _COMPARISONS[type(operator)]:
            ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
            yield Change(ast.Compare(node.left, ops, node.comparators))


def _bool_op(node: ast.BoolOp) -> Iterator[Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield Change(ast.BoolOp(other, node.values))
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield Change(ast.BoolOp(node.op, rest) if len(rest) > 1 else copy.copy(rest[0]))


def _unary_op(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, (ast.Not, ast.USub)):
        yield Change(copy.copy(node.operand))


def _bin_op(node: ast.BinOp) -> Iterator[Change]:
    other = _ARITHMETIC.get(type(node.op))
    if other:
        yield Change(ast.BinOp(node.left, other(), node.right))


def _aug_assign(node: ast.AugAssign) -> Iterator[Change]:
    other = _ARITHMETIC.get(type(node.op))
    if other:
        yield Change(ast.AugAssign(node.target, other(), node.value))
    yield Change(ast.Assign([node.target], node.value))


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    others: list[bool | int | str | bytes] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1] if value else [1]
    elif isinstance(value, str):
        others = [value + "~"]
    elif isinstance(value, bytes) and len(value) <= _BYTES_MUTATED_MAX:
        others = [_next_byte(value, i) for i in range(len(value))]
    for other in others:
        yield Change(ast.Constant(other))


def _next_byte(value: bytes, i: int) -> bytes:
    return value[:i] + bytes([(value[i] + 1) % 256]) + value[i + 1 :]


def _call(node: ast.Call) -> Iterator[Change]:
    if isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        name = ast.copy_location(ast.Name(_FUNCTIONS[node.func.id], ast.Load()), node.func)
        yield Change(ast.Call(name, node.args, node.keywords))


def _return(node: ast.Return) -> Iterator[Change]:
    if node.value and not isinstance(node.value, (ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield Change(ast.Return(ast.Constant(None)))


def _dict(node: ast.Dict) -> Iterator[Change]:
    for i, (key, value) in enumerate(zip(node.keys, node.values, strict=True)):
        rest = ast.Dict(node.keys[:i] + node.keys[i + 1 :], node.values[:i] + node.values[i + 1 :])
        name = ast.unparse(key) if key else "**"
        yield Change(rest, f"{name}: {ast.unparse(value)}", REMOVED)


def _for(node: ast.For) -> Iterator[Change]:
    nothing: list[ast.expr] = []
    yield Change(ast.For(node.target, ast.Tuple(nothing, ast.Load()), node.body, node.orelse))


def _comprehension(node: ast.comprehension) -> Iterator[Change]:
    for i in range(len(node.ifs)):
        rest = node.ifs[:i] + node.ifs[i + 1 :]
        yield Change(ast.comprehension(node.target, node.iter, rest, node.is_async))


OPERATORS: dict[type[ast.AST], Callable[..., Iterator[Change]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary_op,
    ast.BinOp: _bin_op,
    ast.AugAssign: _aug_assign,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Return: _return,
    ast.Dict: _dict,
    ast.For: _for,
    ast.comprehension: _comprehension,
}
