"""The checks behind test_tidy.py: each takes sources by path and returns complaints as "path:line: what; remedy".

The tables that say what is allowed where stand in test_tidy.py.
"""

import ast
import fnmatch
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

Sources = Mapping[str, str]
Reasons = Mapping[str, str]

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

HARDWARE = {"machine", "network", "esp32", "rp2", "bluetooth", "espnow"}
HAL = "firmware/hemlarm_firmware/hal/"

# MicroPython's old names, which still reach the built-in modules behind the back of whoever replaces the new ones.
OLD_NAMES = {"utime", "uos", "urandom", "uselect", "usocket", "uasyncio"}
CLOCK_MODULES = {"time"}
CLOCK_CALLS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
RANDOM_MODULES = {"random", "secrets", "uuid"}
RANDOM_CALLS = {"os.urandom", "os.getrandom"}

# What `help("modules")` lists on the unix port, apart from old names and interactive tools.
MICROPYTHON_MODULES = {
    *("array", "asyncio", "binascii", "builtins", "cmath", "collections", "cryptolib", "deflate", "errno", "gc"),
    *("hashlib", "heapq", "io", "json", "math", "micropython", "os", "platform", "random", "re", "select", "socket"),
    *("ssl", "struct", "sys", "time", "tls", "uctypes", "vfs", "_asyncio", "_thread"),
}
# Attributes that the port lacks although the module or type is there.
MISSING_ATTRIBUTES = {
    "asyncio.Queue": "use a bounded list and asyncio.Event",
    "asyncio.TaskGroup": "use asyncio.gather",
    "asyncio.timeout": "use asyncio.wait_for_ms or a deadline",
    "asyncio.to_thread": "there are no threads for it",
    "os.fsync": "closing the file is enough there",
}

_REGISTRIES = re.compile(
    r"\b(pypi|pythonhosted|(registry\.)?npmjs|crates|proxy\.golang|(deb|security|ftp)\.debian|repo\.maven)\.(org|com|io)\b"
)
# The customer's pages have addresses that look like somebody's folder.
_CUSTOMER_PAGES = "cases|climate|contacts|family|history|plan|settings|status"
_MACHINE_PATHS = re.compile(rf"(?<![\w.\-])/(root|work|farm|home/(?!({_CUSTOMER_PAGES})/)\w+|Users/\w+)/|bash_" r"jobs")


def list_files(root: Path) -> list[str]:
    """Return the paths of all files that are tracked or could be: all but what .gitignore names."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        paths = [path for path in done.stdout.split("\0") if path]
    except (OSError, subprocess.CalledProcessError):
        paths = list(_walk(root))  # An exported tree, or a machine without git.
    return sorted(path for path in set(paths) if (root / path).is_file())


def _walk(root: Path) -> Iterator[str]:
    ignored = [line.strip("/") for line in (root / ".gitignore").read_text().split() if line[0] not in "#!"]

    def kept(name: str) -> bool:
        return name != ".git" and not any(fnmatch.fnmatch(name, pattern) for pattern in ignored)

    for folder, folders, names in os.walk(root):
        folders[:] = filter(kept, folders)
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in filter(kept, names))


def _reason(table: Reasons, path: str) -> bool:
    return any(path == entry or (entry.endswith("/") and path.startswith(entry)) for entry in table)


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def walk(node: ast.AST, *, types_too: bool = True) -> Iterator[ast.AST]:
    """Yield a tree's nodes; without `types_too`, leave out the bodies of `if TYPE_CHECKING:`."""
    yield node
    for child in ast.iter_child_nodes(node):
        if types_too or not _is_type_checking(child):
            yield from walk(child, types_too=types_too)


def imports(text: str, *, types_too: bool = True) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of each module that is imported; relative imports are left out."""
    for node in walk(ast.parse(text), types_too=types_too):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def uses(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the last two parts of each dotted name: `datetime.datetime.now` gives "datetime.now"."""
    for node in walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            yield node.lineno, f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def check_directions(sources: Sources, allowed: Mapping[str, set[str]]) -> list[str]:
    """Our packages import each other only as `allowed` says: by folder, the longest that fits."""
    ours = {name for names in allowed.values() for name in names}
    complaints = []
    for path, text in sources.items():
        folder = max((entry for entry in allowed if path.startswith(entry)), key=len, default=None)
        for line, module in imports(text) if folder else ():
            package = module.partition(".")[0]
            if package in ours and package not in allowed[folder or ""]:
                complaints.append(
                    f"{path}:{line}: {folder} must not import {package}; pass it in, or move the code to where it may"
                )
    return complaints


def check_third_parties(sources: Sources, folders: tuple[str, ...], standard: set[str], table: Reasons) -> list[str]:
    """Files under `folders` import nothing that must be installed, unless the table has "path:package"."""
    return [
        f"{path}:{line}: {module} must be installed, on a board too; do without it here"
        for path, text in sources.items()
        if path.startswith(folders)
        for line, module in imports(text)
        if module.partition(".")[0] not in standard and f"{path}:{module.partition('.')[0]}" not in table
    ]


def check_hardware(sources: Sources) -> list[str]:
    """Modules of the hardware are imported under hal/ only."""
    return [
        f"{path}:{line}: {module} is hardware; only {HAL} touches it, so ask the Board"
        for path, text in sources.items()
        if not path.startswith((HAL, "firmware/typings/"))
        for line, module in imports(text, types_too=False)
        if module.partition(".")[0] in HARDWARE
    ]


def check_old_names(sources: Sources, table: Reasons) -> list[str]:
    """MicroPython's old module names are used nowhere but in the files of the table."""
    return [
        f"{path}:{line}: {module} is an old name that nothing can replace; import {module[1:]}"
        for path, text in sources.items()
        for line, module in imports(text)
        if module in OLD_NAMES and not _reason(table, path)
    ]


def check_seams(sources: Sources, what: str, modules: set[str], calls: set[str], table: Reasons) -> list[str]:
    """Clocks, or random sources, are used in the files of the table only; each entry of the table is needed."""
    complaints: list[str] = []
    needed: set[str] = set()
    for path, text in sources.items():
        found = [(line, name) for line, name in imports(text, types_too=False) if name in modules]
        found += [(line, name) for line, name in uses(text) if name in calls]
        if found and _reason(table, path):
            needed.update(entry for entry in table if _reason({entry: ""}, path))
        else:
            complaints += [
                f"{path}:{line}: {name} is a {what}; take it as an argument, or name the seam in test_tidy.py"
                for line, name in sorted(set(found))
            ]
    unneeded = [entry for entry in table if entry not in needed]
    return complaints + [f"{entry}:1: uses no {what} any more; strike it from the table" for entry in unneeded]


def check_lengths(sources: Sources) -> list[str]:
    """No file and no function is longer than a reader can hold."""
    complaints = []
    for path, text in sources.items():
        lines = text.count("\n")
        if lines > FILE_LINES_MAX:
            complaints.append(f"{path}:{lines}: more than {FILE_LINES_MAX} lines; split it by reason to change")
        for node in walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    complaints.append(
                        f"{path}:{node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES_MAX}; split it"
                    )
    return complaints


def check_docstrings(sources: Sources) -> list[str]:
    """Each module says what it is for."""
    return [
        f"{path}:1: no docstring; say in a sentence or two what the module is for"
        for path, text in sources.items()
        if not ast.get_docstring(ast.parse(text))
    ]


def check_places(paths: list[str], known: Mapping[str, str]) -> list[str]:
    """Each file lies in a known folder and has a name that fits there.

    `known` maps folders to shell patterns, whose star crosses subfolders; the deepest folder that is known decides.
    """
    complaints = []
    for path in paths:
        folders = [str(parent) + "/" for parent in PurePosixPath(path).parents if str(parent) != "."] + [""]
        folder = next((folder for folder in folders if folder in known), "")
        inside = path.removeprefix(folder)
        if not any(fnmatch.fnmatchcase(inside, pattern) for pattern in known.get(folder, "").split()):
            complaints.append(f"{path}:1: a stray file; delete it, or add its kind to the table of test_tidy.py")
    return complaints


def check_addresses(texts: Sources) -> list[str]:
    """No file names a package registry or a path of somebody's machine."""
    complaints = []
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if found := _REGISTRIES.search(line):
                complaints.append(f"{path}:{number}: {found[0]} is a registry; the machine's settings name one")
            if found := _MACHINE_PATHS.search(line):
                complaints.append(f"{path}:{number}: {found[0]} is a path of one machine; make it relative")
    return complaints


def check_micropython_imports(sources: Sources, beside: set[str]) -> list[str]:
    """What runs on MicroPython imports only what is there, outside `if TYPE_CHECKING:`.

    `beside` names our modules that lie in a folder of the search path themselves, without a package.
    """
    there = MICROPYTHON_MODULES | HARDWARE | OLD_NAMES | beside
    return [
        f"{path}:{line}: MicroPython has no {module}; do without, or import it under TYPE_CHECKING for types only"
        for path, text in sources.items()
        for line, module in imports(text, types_too=False)
        if module not in there and not module.startswith(("hemlarm_", "asyncio."))
    ]


def check_micropython_uses(sources: Sources) -> list[str]:
    """What runs on MicroPython uses no attribute and no signature that it lacks."""
    complaints = []
    for path, text in sources.items():
        complaints += [
            f"{path}:{line}: MicroPython has no {name}; {MISSING_ATTRIBUTES[name]}"
            for line, name in uses(text)
            if name in MISSING_ATTRIBUTES
        ]
        for node in walk(ast.parse(text)):
            if isinstance(node, ast.arguments) and node.posonlyargs:
                line = node.posonlyargs[0].lineno
                complaints.append(f"{path}:{line}: MicroPython has no positional-only arguments; leave out the /")
    return complaints


_COMPILE_ALL = """
import sys
for path in sys.argv[1:]:
    with open(path) as file:
        source = file.read()
    try:
        compile(source, path, "exec")
    except Exception as error:
        sys.print_exception(error)
print("compiled all")
"""


def check_micropython_syntax(root: Path, paths: list[str], micropython: Path) -> list[str]:
    """Each file compiles with MicroPython's own compiler."""
    command = [str(micropython), "-X", "heapsize=8m", "-c", _COMPILE_ALL, *paths]
    done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    found = re.findall(r'File "([^"]+)", line (\d+).*\n(\w+: .*)', done.stdout)
    complaints = [
        f"{path}:{line}: MicroPython cannot compile it ({why}); write it plainer" for path, line, why in found
    ]
    if not done.stdout.endswith("compiled all\n"):
        complaints.append(f"{paths[0]}:1: MicroPython could not go through the files ({done.stdout}); run it by hand")
    return complaints
