"""Which small faults a module can have: every place in its syntax tree where one operator changes one thing.

Besides what `mutation_operators` changes about a node, a named constant is replaced by its neighbour (the next state,
another action) and a statement is removed. Left alone: assertions (a sound program never notices that one is gone),
what is raised with an error (its absence is a mutant, its wording is not), annotations, docstrings, and what only type
checkers read.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tools.mutation_operators import OPERATORS, REMOVED, Change, negated, without_elements

Siblings = dict[str, dict[str, str]]
"""Module name: constant: the constant beside it."""

_TEXT_MAX = 110
_COMPOUND = (ast.If, ast.While, ast.For, ast.With, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Slot:
    """Where a node hangs in its tree."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        """Hangs another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


@dataclass(frozen=True)
class Mutant:
    """One fault. `module` is dotted, `where` names function or table row, `span` the lines of its function.

    A mutant with `late` set changes nothing until its function runs; any other one acts from the import on.
    """

    module: str
    where: str
    line: int
    original: str
    mutated: str
    span: tuple[int, int] | None
    late: bool
    slot: Slot
    new: ast.AST

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others and survives edits elsewhere in the file."""
        return self.short_module, self.where, f"{self.original} → {self.mutated}"

    @property
    def short_module(self) -> str:
        """Its name without the package."""
        return self.module.partition(".")[2] or self.module

    def apply(self) -> None:
        """Changes the tree that it was found in, for good."""
        self.slot.put(self.new)


@dataclass(frozen=True)
class _Place:
    where: str
    span: tuple[int, int] | None
    late: bool
    context: ast.AST | None
    entry: str | None = None  # Its key, where the context is the value of a dictionary.


class _Survey:
    def __init__(self, module: str, tree: ast.Module, siblings: Siblings) -> None:
        self.module = module
        self.neighbours = _neighbours(module, tree, siblings)
        self.found: list[Mutant] = []

    def visit(self, node: ast.AST, slot: Slot, place: _Place) -> None:
        """Takes the faults of a node and of all below it."""
        if _is_left_alone(node, slot):
            return
        if isinstance(node, ast.stmt):
            place = _into_statement(node, place)
        for change in self._changes(node, slot, place):
            self._add(node, slot, place, change)
        if isinstance(node, ast.Raise):
            return
        for child, below in _children(node):
            self.visit(child, below, _into_child(node, below, place))

    def _changes(self, node: ast.AST, slot: Slot, place: _Place) -> Iterator[Change]:
        operator = OPERATORS.get(type(node))
        if operator:
            yield from operator(node)
        if isinstance(node, ast.stmt) and _is_removable(node, slot, place):
            yield Change(ast.Pass(), _headline(node), REMOVED)
        if slot.field == "test" and isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
            yield negated(node)
        if isinstance(node, (ast.List, ast.Tuple)) and place.span is None and not _is_unpacked(node, slot):
            yield from without_elements(node)
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
            neighbour = self.neighbours.get(ast.unparse(node))
            if neighbour:
                yield Change(ast.parse(neighbour, mode="eval").body)

    def _add(self, node: ast.AST, slot: Slot, place: _Place, change: Change) -> None:
        new = ast.copy_location(change.new, node)
        before, after = change.before, change.after
        if before is None or after is None:
            shown = _narrowed(node, slot, place)
            before = _text(shown)
            if shown.context is node:
                after = _text(replace(shown, context=new))
            else:
                slot.put(new)
                after = _text(shown)
                slot.put(node)
        line = _line(node)
        where = place.where or "(module)"
        self.found.append(Mutant(self.module, where, line, before, after, place.span, place.late, slot, new))


def survey(module: str, tree: ast.Module, siblings: Siblings) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines; their keys differ."""
    walk = _Survey(module, tree, siblings)
    for child, slot in _children(tree):
        walk.visit(child, slot, _Place("", None, False, None))
    counted: dict[tuple[str, str, str], int] = {}
    mutants = []
    for mutant in sorted(walk.found, key=lambda mutant: mutant.line):
        count = counted[mutant.key] = counted.get(mutant.key, 0) + 1
        mutants.append(replace(mutant, mutated=f"{mutant.mutated} ({count})") if count > 1 else mutant)
    return mutants


def siblings_of(tree: ast.Module) -> dict[str, str]:
    """The constant that stands beside each module-level constant: same type, no empty line between, another value."""
    blocks: list[list[tuple[str, ast.expr]]] = []
    end = -1
    for node in tree.body:
        if isinstance(node, ast.Assign):
            named = _constants(node.targets[0], node.value)
            if blocks and node.lineno == end + 1:
                blocks[-1].extend(named)
            else:
                blocks.append(named)
        elif isinstance(node, ast.AnnAssign) and node.value:
            blocks.append(_constants(node.target, node.value))
        end = node.end_lineno or -1
    found: dict[str, str] = {}
    for block in blocks:
        for i, (name, value) in enumerate(block):
            others = block[i + 1 :] + block[:i]
            beside = [other for other, theirs in others if _kind(theirs) == _kind(value) and not _same(theirs, value)]
            if beside:
                found[name] = beside[0]
    return found


def _constants(target: ast.expr, value: ast.expr) -> list[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [pair for one, its in zip(target.elts, value.elts, strict=True) for pair in _constants(one, its)]
    if isinstance(target, ast.Name) and target.id.isupper() and target.id != "TYPE_CHECKING" and _kind(value):
        return [(target.id, value)]
    return []


def _kind(value: ast.expr) -> str | None:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "const":
        return _kind(value.args[0])
    if isinstance(value, ast.UnaryOp):
        return _kind(value.operand)
    if isinstance(value, ast.Constant):
        return type(value.value).__name__
    return "tuple" if isinstance(value, ast.Tuple) else None


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)


def _neighbours(module: str, tree: ast.Module, siblings: Siblings) -> dict[str, str]:
    """Each constant as this module writes it, with its neighbour written the same way."""
    found = dict(siblings.get(module, {}))
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.module:
            continue
        beside = siblings.get(node.module, {})
        for alias in node.names:
            name = alias.asname or alias.name
            if beside.get(alias.name) in {other.name for other in node.names}:
                found[name] = beside[alias.name]
            for constant, neighbour in siblings.get(f"{node.module}.{alias.name}", {}).items():
                found[f"{name}.{constant}"] = f"{name}.{neighbour}"
    return found


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, Slot]]:
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield value, Slot(node, field, None)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield item, Slot(node, field, index)


def _is_left_alone(node: ast.AST, slot: Slot) -> bool:
    if slot.field in ("annotation", "returns", "decorator_list", "keys", "ops"):
        return True
    if isinstance(node, (ast.Assert, ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return isinstance(slot.parent, (ast.JoinedStr, ast.Subscript))
    if isinstance(node, (ast.If, ast.Assign)):
        condition = node.test if isinstance(node, ast.If) else node.targets[0]
        return ast.unparse(condition) in ("TYPE_CHECKING", "__slots__")
    return False


def _into_statement(node: ast.stmt, place: _Place) -> _Place:
    where = place.where
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and not place.span:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        where = f"{where}.{ast.unparse(target)}" if where else ast.unparse(target)
    return replace(place, where=where, context=node, entry=None)


def _into_child(node: ast.AST, slot: Slot, place: _Place) -> _Place:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        where = f"{place.where}.{node.name}" if place.where else node.name
        if isinstance(node, ast.ClassDef):
            return replace(place, where=where)
        span = place.span or (_first_line(node), node.end_lineno or node.lineno)
        return replace(place, where=where, span=span, late=place.late or slot.field == "body")
    if isinstance(node, ast.Lambda) and not place.span:
        return replace(place, span=(node.lineno, node.end_lineno or node.lineno))
    if isinstance(node, ast.Dict) and slot.field == "values" and slot.index is not None:
        key = node.keys[slot.index]
        entry = ast.unparse(key) if key else "**"
        where = place.where if place.span else f"{place.where}[{entry}]"
        return replace(place, where=where, context=node.values[slot.index], entry=entry)
    if isinstance(node, (ast.List, ast.Tuple)) and not place.span and slot.index is not None:
        row = node.elts[slot.index]
        if isinstance(row, (ast.List, ast.Tuple, ast.Call)):
            return replace(place, where=f"{place.where}[{slot.index}]", context=row, entry=None)
    return place


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _text(place: _Place) -> str:
    assert place.context, "every expression stands in a statement"
    text = _headline(place.context)
    return f"{place.entry}: {text}" if place.entry else text


def _narrowed(node: ast.AST, slot: Slot, place: _Place) -> _Place:
    """The same place, or only the expression around the node where the whole would be too long to read."""
    if len(_text(place)) <= _TEXT_MAX or not isinstance(node, ast.expr):
        return place
    around = slot.parent if isinstance(slot.parent, ast.expr) else node
    return replace(place, context=around, entry=None)


def _line(node: ast.AST) -> int:
    line: int = node.target.lineno if isinstance(node, ast.comprehension) else getattr(node, "lineno", 0)
    return line


def _headline(node: ast.AST) -> str:
    text = ast.unparse(node)
    if isinstance(node, _COMPOUND):
        lines = text.splitlines()
        return next((line for line in lines if not line.startswith("@")), text)
    return " ".join(text.split("\n"))


def _is_removable(node: ast.stmt, slot: Slot, place: _Place) -> bool:
    """Whether the rest still makes sense without it, so that a test must notice; not for a name's first value."""
    if slot.field not in ("body", "orelse", "finalbody"):
        return False
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        return bool(place.span) and node.value is not None and not isinstance(target, (ast.Name, ast.Tuple))
    if isinstance(node, ast.Return):
        return not isinstance(slot.parent, (ast.FunctionDef, ast.AsyncFunctionDef))
    return isinstance(node, (ast.Expr, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete))


def _is_unpacked(node: ast.List | ast.Tuple, slot: Slot) -> bool:
    """Whether it stands left or right of an assignment to several names, where none can be missing."""
    parent = slot.parent
    return isinstance(node.ctx, ast.Store) or (
        isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Tuple)
    )
