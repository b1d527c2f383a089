"""Shortens the private names of a panel's modules: a name costs a panel memory for as long as it lives.

All modules share the same few short names, `_a`, `_b` and so on, which MicroPython then holds once. A private name that
more than one module speaks of keeps its own. So do names in the modules that are kept as they are, since others know
those. What a panel prints in its last moments names functions by their short names; `restored` gives them back.
"""

import ast
import itertools
import re
import string
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

Names = dict[str, dict[str, str]]
"""The short names of each module, by its dotted name, with the long name that each stands for."""

_PRIVATE = re.compile(r"_[A-Za-z0-9][A-Za-z0-9_]+")
_IN_TRACEBACK = re.compile(r'File "([^"]+)"(, line \d+)?, in (\w+)')


def shortened(sources: Mapping[str, str], kept: Collection[str] = ()) -> tuple[dict[str, str], Names]:
    """Return the modules with short private names, by their dotted names, and what the short names stand for.

    Of the modules in `kept` nothing is shortened. Raises SyntaxError for a module that is no Python.
    """
    modules = {name: _Module(name, text) for name, text in sources.items()}
    speakers = Counter(name for module in modules.values() for name in module.spoken)
    texts, names = {}, {}
    for family in _families(modules):
        taken = {name for member in family for name in modules[member].taken}
        pool = (short for short in _short_names() if short not in taken)
        own = [] if any(member in kept for member in family) else _own(family, modules, speakers)
        short = dict(zip(own, pool, strict=False))
        for member in family:
            texts[member] = modules[member].renamed(short)
            names[member] = {short[name]: name for name in modules[member].spoken & short.keys()}
    return texts, names


def restored(text: str, names: Names) -> str:
    """Return what a panel printed with the long names of the functions in its tracebacks."""

    def long(found: re.Match[str]) -> str:
        module, line, name = found[1], found[2] or "", found[3]
        return f'File "{module}"{line}, in {names.get(module, {}).get(name, name)}'

    return _IN_TRACEBACK.sub(long, text)


def fitted(text: str, names: Names) -> str:
    """Return the text of a program from outside with the short names of whatever private it speaks of.

    What it defines itself stays, since of two modules the short names may be one and the same.
    """
    tree = ast.parse(text)
    own = set(_defined(tree))
    short = {name: brief for module in names.values() for brief, name in module.items() if name not in own}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Constant):
            _rename(node, short)
    return ast.unparse(tree)


class _Module:
    def __init__(self, name: str, text: str) -> None:
        self.tree = ast.parse(text, name)
        self.taken = {said for node in ast.walk(self.tree) for said in _names_in(node)}
        self.spoken = {name for name in self.taken if _PRIVATE.fullmatch(name)}
        self.bound = {name for node in ast.walk(self.tree) for name in _bound_in(node)}

    def bases(self) -> Iterator[str]:
        """Modules that may hold a class of which one here is a kind: an object of that has the names of both."""
        origins: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    origins[alias.asname or alias.name] = node.module or ""
                    origins[f"{alias.asname or alias.name}."] = f"{node.module}.{alias.name}"
        for node in ast.walk(self.tree):
            for base in node.bases if isinstance(node, ast.ClassDef) else []:
                match base:
                    case ast.Name(id=name):
                        yield origins.get(name, "")
                    case ast.Attribute(value=ast.Name(id=name)):
                        yield origins.get(f"{name}.", "")

    def renamed(self, short: Mapping[str, str]) -> str:
        for node in ast.walk(self.tree):
            _rename(node, short)
        return ast.unparse(self.tree)


def _own(family: list[str], modules: Mapping[str, _Module], speakers: Counter[str]) -> list[str]:
    """The private names that nobody outside of the family speaks of, in a fixed order.

    One that is bound nowhere in it is the interpreter's, as `asyncio.core._task_queue`.
    """
    within = Counter(name for member in family for name in modules[member].spoken)
    bound = {name for member in family for name in modules[member].bound}
    return sorted(name for name, count in within.items() if count == speakers[name] and name in bound)


def _families(modules: Mapping[str, _Module]) -> list[list[str]]:
    """Modules in groups: those stand together whose classes inherit from each other."""
    head = {name: name for name in modules}
    for name, module in modules.items():
        for base in module.bases():
            if base in modules:
                old, new = head[name], head[base]
                head = {member: new if first == old else first for member, first in head.items()}
    families = defaultdict(list)
    for name in modules:
        families[head[name]].append(name)
    return list(families.values())


def _defined(tree: ast.AST) -> Iterator[str]:
    """Functions, methods, and attributes of `self`."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _short_names() -> Iterator[str]:
    letters = string.ascii_lowercase + string.ascii_uppercase + string.digits
    for length in itertools.count(1):
        for chosen in itertools.product(letters, repeat=length):
            yield "_" + "".join(chosen)


def _names_in(node: ast.AST) -> Iterator[str]:
    """Every name that a node speaks of, texts included: `getattr` takes those."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Constant(value=str() as name):
            yield name
        case ast.keyword(arg=str() as name) | ast.ExceptHandler(name=str() as name):
            yield name
        case ast.alias(name=name, asname=other):
            yield from (name, other or name)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names


def _bound_in(node: ast.AST) -> Iterator[str]:
    """The names that a node gives a meaning to."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str() as name):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name


_FIELDS = ("id", "attr", "arg", "name", "asname", "value")


def _rename(node: ast.AST, short: Mapping[str, str]) -> None:
    for field in _FIELDS:
        name = getattr(node, field, None)
        if isinstance(name, str) and name in short:
            setattr(node, field, short[name])
    if isinstance(node, ast.Global | ast.Nonlocal):
        node.names = [short.get(name, name) for name in node.names]
