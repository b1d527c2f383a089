"""Makes one of each report from the tests' year of history, as the examples in docs/reports/.

`python tools/report_examples.py` writes them, `--check` only says whether they are current (exit code 1 when not). Of a
PDF it compares the text: how its parts are compressed may differ from machine to machine.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pypdf

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "host"))

import report_history  # noqa: E402
import report_wishes  # noqa: E402
from hemlarm_cloud.reports import catalogue  # noqa: E402
from hemlarm_cloud.reports.model import Language  # noqa: E402
from hemlarm_cloud.store import Store  # noqa: E402

FOLDER = ROOT / "docs" / "reports"

EXAMPLES: tuple[tuple[Language, catalogue.Form], ...] = (("sv", "pdf"), ("sv", "csv"), ("en", "pdf"))


def examples() -> Iterator[tuple[str, bytes]]:
    """Yields the name and the content of each example."""
    store = Store.open("sqlite://")
    report_history.fill(store)
    with store.read() as reading:
        for name in report_wishes.NAMES:
            for language, form in EXAMPLES:
                content = catalogue.rendered(report_wishes.wished(reading, name, language), form)
                yield f"{name}-{language}.{form}", content
    store.close()


def told(content: bytes) -> object:
    """What must be the same in a current example."""
    if not content.startswith(b"%PDF"):
        return content
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def main(arguments: list[str]) -> int:
    """Writes the examples, or with --check compares; returns the exit code."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python tools/report_examples.py [--check]\n")
        return 2
    for name, content in examples():
        path = FOLDER / name
        if not arguments:
            FOLDER.mkdir(exist_ok=True)
            path.write_bytes(content)
        elif not path.exists() or told(path.read_bytes()) != told(content):
            sys.stderr.write(f"docs/reports/{name} is not current: run python tools/report_examples.py\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
