"""What a line of a case's log says beside its kind, in words. Pure."""

from collections.abc import Mapping

from hemlarm_cloud.reports.log_vocabulary import DETAIL_NAMES
from hemlarm_cloud.reports.words import Words

_DETAILS_MAX = 400
"""Characters."""

_FREE_OR_NAMES = ("to", "reason", "why", "no_feedback_because", "note")
"""Details that hold what operators wrote, or who they are."""

_GROUPS = {
    "kind": "step",
    "result": "result",
    "outcome": "outcome",
    "was": "outcome",
    "cause": "result",
    "category": "category",
    "plan": "category",
}
"""Which words the values of a log line's details are among."""


def details(detail: Mapping[str, object], steps: Mapping[str, str], words: Words, inside: bool) -> str:
    """Return what of a line's details is of use to the reader; `steps` gives the kind of each task by its key.

    What operators wrote freely, and their names, are for those `inside` the centre.
    """
    report = detail.get("guard_report")
    flat = {**detail, **report} if isinstance(report, dict) else detail
    told = []
    for key in DETAIL_NAMES:
        if key in _FREE_OR_NAMES and not inside:
            continue
        if (value := flat.get(key)) not in (None, "", [], {}):
            shown = _detail(key, value, steps, words)
            told.append(shown if key == "note" else f"{words.name('detail', key)}: {shown}")
    return "; ".join(told)[:_DETAILS_MAX]


def _detail(key: str, value: object, steps: Mapping[str, str], words: Words) -> str:
    if isinstance(value, bool):
        return words.yes(value)
    if key.endswith("_ms") and isinstance(value, int):
        return words.moment(value)
    if key == "qcodes" and isinstance(value, list):
        return ", ".join(words.event(qcode) for qcode in value if isinstance(qcode, int))
    text = str(value)
    if key == "task":
        return words.name("step", steps.get(text, text))
    if key == "to":
        return text.rpartition(":")[2]
    return words.name(_GROUPS[key], text) if key in _GROUPS else text
