"""Prints where the heap goes: the bytes that each part of the firmware fills when loaded, and the largest modules.

.venv/bin/python tools/heap_share.py

What a running panel fills beside that is the rest of what `tests/system/test_heap.py` finds used.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from hemlarm_installer.firmware_build import FirmwareBuild

_ALARM = "the alarm: zones, areas, keypad, power"
_NETWORK = "MQTT over TLS"
_SHELL = "what holds the parts together"
_PARTS = (
    ("hemlarm_protocol", "messages, seals, session"),
    ("hemlarm_firmware.panel", _ALARM),
    ("hemlarm_firmware.sensors", _ALARM),
    ("hemlarm_firmware.link", _NETWORK),
    ("hemlarm_firmware.hal", _NETWORK),
    ("hemlarm_firmware.(journal|flash|slot|settings|memory|recorder)", "journal, settings, numbering"),
    ("", _SHELL),
)
_LARGEST = 10

# Loaded twice: the first time for the names, which stay, the second time for all the rest.
_PROGRAM = """
import builtins, gc, micropython, sys
import array, asyncio, binascii, board_stream, collections, errno, json, os, select, socket, struct, time, virtual_board

load, within = builtins.__import__, []

def used():
    gc.collect()
    return gc.mem_alloc()

def measured(name, *rest):
    before = used()
    within.append(0)
    module = load(name, *rest)
    filled = used() - before
    inner = within.pop()
    if within:
        within[-1] += filled
    print("LOADED", filled - inner, name)
    return module

def load_firmware():
    import hemlarm_firmware.app, hemlarm_firmware.hal.ip

print("STARTED", used())
micropython.qstr_info()
load_firmware()
micropython.qstr_info()
for name in list(sys.modules):
    if name.startswith("hemlarm"):
        del sys.modules[name]
builtins.__import__ = measured
load_firmware()
"""


def measure() -> tuple[int, int, Counter[str]]:
    """Bytes used before the firmware is loaded, those of its names, and those of each of its modules."""
    with tempfile.TemporaryDirectory() as folder:
        roots = FirmwareBuild(Path(folder)).search_path(virtual=False)
        output = subprocess.run(
            [Path(sys.executable).with_name("micropython"), "-X", "heapsize=2m", "-c", _PROGRAM],
            env={**os.environ, "MICROPYPATH": ":".join([*(str(root) for root in roots), ".frozen"])},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    (started,) = re.findall(r"^STARTED (\d+)$", output, re.MULTILINE)
    before, after = re.findall(r"n_total_bytes=(\d+)", output)
    modules: Counter[str] = Counter()
    for filled, module in re.findall(r"^LOADED (-?\d+) (\S+)$", output, re.MULTILINE):
        modules[module] += int(filled)
    return int(started), int(after) - int(before), modules


def shares(started: int, names: int, modules: Counter[str]) -> Counter[str]:
    """The bytes of each part."""
    parts: Counter[str] = Counter({"interpreter, asyncio, the stand-in for the board": started, "names": names})
    for module, filled in modules.items():
        parts[next(part for start, part in _PARTS if re.match(start, module))] += filled
    return parts


if __name__ == "__main__":
    _measured = measure()
    for _name, _bytes in [*shares(*_measured).most_common(), *_measured[2].most_common(_LARGEST)]:
        sys.stdout.write(f"{_bytes:7}  {_name}\n")
