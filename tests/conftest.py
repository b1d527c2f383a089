"""What holds for every test run: repeatable property tests, no quiet skips in CI, no claim without a passing test.

FAIL_ON_SKIP=1 makes a run with a skipped test fail and names it. A run of the whole suite fails when
docs/requirements.md calls something shown whose tests did not pass.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import databases
import traceability
from hemlarm_cloud.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]

# The same examples each time, and no verdict that hangs on how busy the machine is.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")
# For `make search`: other examples each time, and many more.
settings.register_profile("search", max_examples=3000, deadline=None, database=None)

# Options that leave tests out: a run with one of them says nothing about the whole.
_NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "maxfail", "collectonly")


@pytest.fixture(params=databases.KINDS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database, on each kind that the cloud may use."""
    try:
        url = databases.new_url(request.param, tmp_path)
    except databases.NoPostgresqlError as missing:
        pytest.skip(str(missing))
    yield url
    databases.discard(url)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A new store, on each kind of database."""
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One browser for a file's tests."""
    from browser import running_browser

    with running_browser() as started:
        yield started


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A page that nobody has used, on a desktop, in Swedish; what goes wrong on it fails the test."""
    from browser import fresh_page

    with fresh_page(browser) as opened:
        yield opened


def pytest_configure(config: pytest.Config) -> None:
    """Watch the outcomes where they all come together: not in a worker process of pytest-xdist."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Verdict(config), "hemlarm-verdict")


class Verdict:
    """Collects the outcomes of a run and turns it into a failure where the tests alone would not."""

    def __init__(self, config: pytest.Config) -> None:
        self.whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not any(
            config.getoption(name, None) for name in _NARROWING
        )
        self.skips_fail = os.environ.get("FAIL_ON_SKIP") == "1"
        self.outcomes: dict[str, str] = {}
        self.skipped: set[str] = set()
        self.complaints: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of a test's phases."""
        node = report.nodeid
        if report.when == "call" or not report.passed:
            worse = self.outcomes.get(node) not in (None, "passed")
            self.outcomes[node] = self.outcomes[node] if worse else report.outcome
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.add(node)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice files that are skipped as a whole."""
        if report.skipped:
            self.skipped.add(report.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Judge the run before its summary is printed."""
        if self.whole and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            page = traceability.read_page(traceability.PAGE.read_text())
            self.complaints += traceability.check_outcomes(page, self.outcomes)
        if self.skips_fail:
            self.complaints += [f"skipped, and FAIL_ON_SKIP is set: {name}" for name in sorted(self.skipped)]
        if self.complaints and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run failed for."""
        if self.complaints:
            terminalreporter.section("the run as a whole", red=True)
            for complaint in self.complaints:
                terminalreporter.line(complaint, red=True)
