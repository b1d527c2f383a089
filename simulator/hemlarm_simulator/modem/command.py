"""AT command lines as V.250 writes them, and the ways a command can be answered."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

_EXTENDED = re.compile(r"[+^*$#%][A-Z][A-Z0-9+]*", re.IGNORECASE)
_BASIC = re.compile(r"(&?[A-Z])(\d*)", re.IGNORECASE)
_REGISTER = re.compile(r"(S\d+)(\?|=\d*)", re.IGNORECASE)

_INVALID = 50
"""+CME ERROR: incorrect parameters (3GPP TS 27.007)."""


class Refused(Exception):  # noqa: N818 -- what the modem says, not a fault of the program
    """A command ends in an error: `kind` "" is a plain ERROR, "cme" and "cms" carry a number."""

    def __init__(self, kind: str = "", code: int = 0, lines: "list[str] | None" = None) -> None:
        super().__init__(f"{kind} {code}")
        self.kind = kind
        self.code = code
        self.lines = lines or []


@dataclass(frozen=True)
class Command:
    """One command. `kind` is "run", "read" (?), "test" (=?) or "set" (=); arguments are without their quotes."""

    name: str
    kind: str
    arguments: tuple[str, ...] = ()

    def number(self, index: int, default: int | None = None, low: int = 0, high: int = 2**31) -> int:
        """An argument as a number in the range; without default it must be there. Raises Refused."""
        text = self.arguments[index] if index < len(self.arguments) else ""
        if not text and default is not None:
            return default
        if not text.isdecimal() or not low <= int(text) <= high:
            raise Refused("cme", _INVALID)
        return int(text)

    def word(self, index: int, default: str | None = None) -> str:
        """An argument as text; without default it must be there. Raises Refused."""
        if index < len(self.arguments) and (self.arguments[index] or default is None):
            return self.arguments[index]
        if default is None:
            raise Refused("cme", _INVALID)
        return default


@dataclass
class Answer:
    """Information lines, the final result, and what the modem does once it has said so."""

    lines: "list[str | bytes]" = field(default_factory=list)
    result: str = "OK"
    then: Callable[[], object] | None = None


@dataclass
class Prompt:
    """The modem asks for data: `length` bytes, or all up to Ctrl-Z where it is None; then calls `take`.

    `moments` are the names of the moments when the prompt stands and when the first data has come.
    """

    mark: bytes
    length: int | None
    take: "Callable[[bytes], Answer | Later]"
    moments: tuple[str, str]
    echoed: bool = True


class Later:
    """The answer comes through `AtMachine.answer` or `AtMachine.refuse`."""


LATER = Later()


class Speaker(Protocol):
    """What the parts of the modem talk through."""

    def say(self, line: str | bytes) -> None:
        """An unsolicited line."""

    def answer(self, answer: Answer) -> None:
        """The answer to a command that was put off by LATER."""

    def refuse(self, refusal: Refused) -> None:
        """The same with an error."""


Reply = Answer | Prompt | Later
Handler = Callable[[Command], Reply]


def parse(line: str) -> list[Command]:
    """Splits what stands behind AT. Raises Refused for what is no command."""
    commands = []
    at = 0
    while at < len(line):
        if line[at] in "; ":
            at += 1
        elif match := _EXTENDED.match(line, at):
            end = _end_of_extended(line, match.end())
            commands.append(_extended(match.group().upper(), line[match.end() : end].strip()))
            at = end
        elif match := _REGISTER.match(line, at):
            commands.append(Command(match.group(1).upper(), "read" if match.group(2) == "?" else "set"))
            at = match.end()
        elif line[at] in "Dd":
            commands.append(Command("D", "run"))
            at = len(line)
        elif match := _BASIC.match(line, at):
            commands.append(Command(match.group(1).upper(), "run", (match.group(2),)))
            at = match.end()
        else:
            raise Refused
    return commands


def _end_of_extended(line: str, at: int) -> int:
    quoted = False
    while at < len(line) and (quoted or line[at] != ";"):
        quoted ^= line[at] == '"'
        at += 1
    return at


def _extended(name: str, rest: str) -> Command:
    if rest == "":
        return Command(name, "run")
    if rest == "?":
        return Command(name, "read")
    if rest == "=?":
        return Command(name, "test")
    if rest[0] != "=":
        raise Refused
    return Command(name, "set", tuple(_split(rest[1:])))


def _split(text: str) -> list[str]:
    """Splits at commas outside quotes."""
    parts, quoted = [""], False
    for letter in text:
        if letter == '"':
            quoted = not quoted
        elif letter == "," and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
