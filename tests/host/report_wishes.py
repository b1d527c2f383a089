"""Which reports are made of the history in `report_history`, for tests and for the examples in docs/reports/."""

from hemlarm_cloud.actor import SYSTEM
from hemlarm_cloud.handling.default_plans import Step
from hemlarm_cloud.reports import billing, catalogue
from hemlarm_cloud.reports.model import Language, Report
from hemlarm_cloud.reports.subjects import About
from hemlarm_cloud.store.queries import Queries
from report_history import MADE_MS

WISHES: dict[str, tuple[About, str | None]] = {
    "ZR0047": (About(customer=1), "2026-12"),
    "ZR0001": (About(customer=1), "2026-10"),
    "ZR0002": (About(case=620), None),
    "ZR0034": (About(site=1), "2026-06-05..2026-06-15"),
    "ZR0042": (About(list=1), None),
    "K1": (About(site=1), None),
    "ZR0010": (About(service=1), "2026-10"),
    "ZR0020": (About(service=1), "2026-10"),
}
BILLING = "BILLING"
NAMES = (*WISHES, BILLING)

PLANS: dict[str, tuple[Step, ...]] = {
    "gas": (Step("fire-brigade"),),
    "hold-up": (Step("police"),),
    "intrusion": (Step("verify-password"), Step("call-contact", "not-verified"), Step("guard", "nobody-reached")),
    "tamper": (Step("verify-password"),),
    "water": (Step("call-contact"),),
    "line": (Step("service-task"),),
    "power": (Step("remind-customer"),),
    "fault": (Step("service-task"),),
    "service": (Step("service-task"),),
    "test": (Step("verify-password"),),
}
"""Stand in for the centre's own plans, so that a change of those changes no expected file."""


def wished(reading: Queries, name: str, language: Language) -> Report:
    """Return one of the reports of `NAMES`."""
    if name == BILLING:
        return billing.make(reading, SYSTEM, "2026-10", language, MADE_MS)
    about, period = WISHES[name]
    return catalogue.make(reading, SYSTEM, name, about, period, language, MADE_MS)
