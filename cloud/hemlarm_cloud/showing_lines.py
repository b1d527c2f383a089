"""How the ways to a panel are, in words and as JSON."""

from typing import Any, NamedTuple

from hemlarm_cloud.showing import time_text
from hemlarm_cloud.store import HeardPath, LineFault, PathReport
from hemlarm_cloud.store.queries import Queries
from hemlarm_protocol import message_names

_NOT_KNOWN = 255
_FAULTS_SHOWN = 20


class Paths(NamedTuple):
    """What is known of one panel's paths; `faults` are the newest, oldest of them first."""

    heard: list[HeardPath]
    reports: list[PathReport]
    faults: list[LineFault]

    def json(self) -> dict[str, Any]:
        """For --json; numbers as the panel sent them, and their names beside."""
        return {
            "heard": [{"path": path_name(each.path), "heard_ms": each.heard_ms} for each in self.heard],
            "paths": [_report_json(report) for report in self.reports],
            "line_faults": [_fault_json(fault) for fault in self.faults],
        }

    def rows(self) -> list[tuple[str, str]]:
        """For people, as (what, how)."""
        rows = [(f"path {path_name(each.path)} heard (UTC)", time_text(each.heard_ms)) for each in self.heard]
        rows += [(f"path {path_name(report.path)}", report_text(report)) for report in self.reports]
        return rows + [(_fault_name(fault), _fault_text(fault)) for fault in self.faults]


def paths(reading: Queries, panel: str) -> Paths:
    """Read what is known of a panel's paths."""
    return Paths(
        reading.heard_paths(panel), reading.path_reports(panel), reading.line_faults(panel, limit=_FAULTS_SHOWN)
    )


def path_name(path: int) -> str:
    """A path's name, or its number where this version knows no name for it."""
    return message_names.PATHS.get(path, f"number {path}")


def level_text(level_s: int) -> str:
    """A link level as people say it."""
    return f"{level_s // 3600} h" if level_s >= 3600 else f"{level_s} s"


def report_text(report: PathReport) -> str:
    """How a path is, as its panel last told."""
    words = ["answers" if report.up else "does not answer"]
    if report.registration or report.technology:
        network = [message_names.TECHNOLOGIES.get(report.technology, f"technology {report.technology}")]
        network.append(message_names.REGISTRATIONS.get(report.registration, f"registration {report.registration}"))
        network += [f"-{report.signal} dBm"] if report.signal != _NOT_KNOWN else []
        words.append(", ".join(word for word in network if word))
    words.append(f"today {_use(report.air_s, report.bytes_up + report.bytes_down)}")
    words.append(f"the day before {_use(report.day_air_s, report.day_bytes_up + report.day_bytes_down)}")
    return "; ".join(words + ([f"{report.sms} SMS today"] if report.sms else []))


def _use(air_s: int, size: int) -> str:
    return (f"{air_s} s on the air and " if air_s else "") + f"{size:,} bytes"


def _report_json(report: PathReport) -> dict[str, Any]:
    values = report._asdict()
    del values["panel"]
    return values | {
        "name": path_name(report.path),
        "registration_name": message_names.REGISTRATIONS.get(report.registration, ""),
        "technology_name": message_names.TECHNOLOGIES.get(report.technology, ""),
    }


def _fault_json(fault: LineFault) -> dict[str, Any]:
    values = fault._asdict()
    del values["panel"]
    return values


def _fault_name(fault: LineFault) -> str:
    return "line fault" if fault.kind == "line-fault" else f"fault of path {path_name(fault.path)}"


def _fault_text(fault: LineFault) -> str:
    since = f"from {time_text(fault.began_ms)} UTC, last heard {time_text(fault.heard_ms)}"
    return f"{since}; over {time_text(fault.ended_ms)}" if fault.ended_ms else f"{since}; lasts"
