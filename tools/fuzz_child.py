"""One target under atheris, in a process of its own, because libFuzzer ends the process in which it runs.

    python tools/fuzz_child.py TARGET [libFuzzer's own arguments]

`fuzz.py` starts it. It leaves by itself with status 0, or with another after an input that broke a promise, which
libFuzzer has then written to the file that -exact_artifact_path names.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools import fuzz_targets

INSTRUMENTED = [
    "hemlarm_firmware",
    "hemlarm_protocol",
    "hemlarm_cloud.trade",
    "hemlarm_cloud.forward",
    "hemlarm_cloud.receive",
]


def main(arguments: list[str]) -> None:
    """Fuzzes; does not return."""
    atheris: Any = import_module("atheris")  # Untyped, and missing where nobody fuzzes.
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        targets = fuzz_targets.all_targets()
    target = targets[arguments[1]]
    atheris.Setup([arguments[0], *arguments[2:]], target.check, enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
