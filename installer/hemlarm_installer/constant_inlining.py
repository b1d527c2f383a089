"""Writes the constants of a panel's modules into the code that reads them, and their names out of it.

A name costs a panel memory for as long as it lives: as an interned string, and as an entry in the dictionary of its
module and of each that imports it. MicroPython's `const` spares that only to names that begin with an underscore, and
only within their own module. Here all modules of a panel are read together: sources may name constants as they like.

A constant is a name in capitals that its module binds once, at the top, to a whole number, a truth value or a text of
up to TEXT_MAX characters; nobody may assign to it from outside. Its name stays where anybody reads it in a way that
cannot be followed, as of an object or of a module that is not among these.
"""

import ast
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

TEXT_MAX = 10
"""Longest text written out wherever it is read: MicroPython interns it, so that it lies in memory once."""

_MARK = "const"
"""What MicroPython's sources call around the value of a constant."""

_Node = TypeVar("_Node", bound=ast.AST)
_Value = int | str
_Constants = dict[str, _Value]
_Import = tuple[str, str, str]
"""Where a name comes from: the name it has here, the module, and the name it has there."""

_OPERATORS: dict[type[ast.AST], Callable[..., int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}


class _VariableError(Exception):
    """An expression is none of constants."""


def inlined(sources: Mapping[str, str], known_outside: Collection[str] = ()) -> dict[str, str]:
    """Return the modules with their constants written into them, by the modules' dotted names.

    Of those in `known_outside` the names stay, because code that is not among these modules reads them.
    Raises SyntaxError for a module that is no Python, ValueError where a module uses the name of a constant that it
    imports for something else too.
    """
    modules = {name: _Module(name, text) for name, text in sources.items()}
    assigned = {target.attr for module in modules.values() for target in module.nodes(ast.Attribute) if _is_set(target)}
    while sum(module.find_constants(modules, assigned) for module in modules.values()):
        pass  # Until no constant is left that is made of others.
    for module in modules.values():
        module.write_out(modules)
    kept = frozenset(name for module in modules.values() for name in module.names_read_elsewhere(modules))
    own = {name: frozenset(modules[name].constants) for name in known_outside}
    return {name: module.cleaned(modules, kept | own.get(name, frozenset())) for name, module in modules.items()}


class _Module:
    def __init__(self, name: str, text: str) -> None:
        self.tree = ast.parse(text, name)
        self.constants: _Constants = {}
        self._name = name
        self._imports = list(self._find_imports())
        self._bindings = [node.id for node in self.nodes(ast.Name) if _is_set(node)]
        self._bindings += [node.arg for node in self.nodes(ast.arg)]

    def nodes(self, kind: type[_Node]) -> Iterator[_Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kind))

    def find_constants(self, modules: "Mapping[str, _Module]", assigned: set[str]) -> int:
        """Note the constants that can be told so far; return how many are new."""
        reader = self._reader(modules)
        before = len(self.constants)
        for statement in self.tree.body:
            for name, expression in _bound(statement):
                if name.isupper() and name not in assigned and self._bindings.count(name) == 1:
                    self._note(name, expression, reader)
        return len(self.constants) - before

    def write_out(self, modules: "Mapping[str, _Module]") -> None:
        """Put the constants into the places where they are read."""
        reader = self._reader(modules)
        for name in reader.names:
            if name not in self.constants and name in self._bindings:
                raise ValueError(f"{self._name} imports the constant {name} and binds that name once more")
        self.tree = reader.visit(self.tree)
        self.tree.body = [statement for statement in self.tree.body if not _is_for_type_checkers(statement)]

    def names_read_elsewhere(self, modules: "Mapping[str, _Module]") -> Iterator[str]:
        """Names that this module, when its constants are written out, still takes from something else than itself."""
        for node in self.nodes(ast.Attribute):
            yield node.attr
        for _, module, there in self._imports:
            if module not in modules and f"{module}.{there}" not in modules:
                yield there

    def cleaned(self, modules: "Mapping[str, _Module]", kept: frozenset[str]) -> str:
        """Return the text without what nobody reads any more."""
        needless = frozenset(self.constants) - kept
        self.tree.body = [statement for statement in self.tree.body if not _binds_only(statement, needless)]
        read = kept.union(node.id for node in self.nodes(ast.Name))
        unread = [origin for origin in self._imports if origin[0] not in read]
        tree = _ImportCleaner([here for here, *there in unread if _gave_constants(modules, *there)]).visit(self.tree)
        return ast.unparse(ast.fix_missing_locations(tree))

    def _find_imports(self) -> Iterator[_Import]:
        for node in self.nodes(ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, node.module or "", alias.name

    def _reader(self, modules: "Mapping[str, _Module]") -> "_Reader":
        names, members = dict(self.constants), {}
        for here, module, there in self._imports:
            value = _constant(modules, module, there)
            if value is not None:
                names[here] = value
            elif f"{module}.{there}" in modules and self._means_one_thing(here):
                members[here] = modules[f"{module}.{there}"].constants
        return _Reader(names, members)

    def _means_one_thing(self, here: str) -> bool:
        """Whether this name is imported from one place only: of two modules with one name nobody knows which it is."""
        return len({(module, there) for name, module, there in self._imports if name == here}) == 1

    def _note(self, name: str, expression: ast.expr, reader: "_Reader") -> None:
        try:
            value = reader.value(expression)
        except _VariableError:
            return
        if isinstance(value, int) or len(value) <= TEXT_MAX:
            self.constants[name] = value
            reader.names[name] = value


class _Reader(ast.NodeTransformer):
    """Knows the constants of a module: `names` by themselves, `members` of the modules that it imports."""

    def __init__(self, names: _Constants, members: Mapping[str, _Constants]) -> None:
        self.names = names
        self._members = members

    def value(self, expression: ast.expr) -> _Value:
        """Return what an expression comes to. Raises _VariableError."""
        match expression:
            case ast.Constant(value=int() | str() as value):
                return value
            case ast.Call(func=ast.Name(id=mark), args=[inner]) if mark == _MARK:
                return self.value(inner)
            case ast.UnaryOp(operand=operand):
                return self._calculated(expression.op, operand)
            case ast.BinOp(left=left, right=right):
                return self._calculated(expression.op, left, right)
            case ast.Name() | ast.Attribute():
                known = self._known(expression)
                if known is not None:
                    return known
        raise _VariableError

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._written_out(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return self._written_out(node)

    def _written_out(self, node: ast.Name | ast.Attribute) -> ast.expr:
        value = None if _is_set(node) else self._known(node)
        if value is None:
            return node
        if isinstance(value, int) and value < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
        return ast.Constant(value)

    def _known(self, node: ast.expr) -> _Value | None:
        match node:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return self._members.get(module, {}).get(name)
        return None

    def _calculated(self, sign: ast.AST, *operands: ast.expr) -> int:
        values = [self.value(operand) for operand in operands]
        if type(sign) not in _OPERATORS or not all(isinstance(value, int) for value in values):
            raise _VariableError
        return _OPERATORS[type(sign)](*values)


class _ImportCleaner(ast.NodeTransformer):
    """Takes names out of the imports, wherever these stand."""

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        node.names = [alias for alias in node.names if (alias.asname or alias.name) not in self._names]
        return node if node.names else ast.Pass()


def _is_for_type_checkers(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Constant(value=False), orelse=[]):
            return True
    return False


def _binds_only(statement: ast.stmt, names: frozenset[str]) -> bool:
    bound = [name for name, _ in _bound(statement)]
    return bool(bound) and names.issuperset(bound)


def _bound(statement: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The plain names that a statement binds, each with what it is bound to."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            if value is not None:
                yield name, value
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            for target, value in zip(names, values, strict=True):
                yield target.id if isinstance(target, ast.Name) else "", value


def _is_set(node: ast.Name | ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _constant(modules: Mapping[str, _Module], module: str, name: str) -> _Value | None:
    return modules[module].constants.get(name) if module in modules else None


def _gave_constants(modules: Mapping[str, _Module], module: str, name: str) -> bool:
    """Whether an import can have been there for constants alone: it is of one, of a module, or of `const`."""
    return f"{module}.{name}" in modules or _constant(modules, module, name) is not None or name == _MARK
