"""Which routers the API has: a domain adds its own here, in alphabetical order."""

from fastapi import APIRouter

from hemlarm_cloud.api import (
    accounts,
    authority,
    case_work,
    cases,
    customers,
    duty,
    events,
    forwarding,
    health,
    home_assistant,
    homes,
    keys,
    live,
    notices,
    panels,
    people,
    pictures,
    receiving,
    reports,
    service_mode,
    sites,
    transmitters,
)

ROUTERS: tuple[tuple[str, APIRouter], ...] = (
    # Tag, router. Paths begin at /api/v1.
    ("accounts", accounts.router),
    ("authority", authority.router),
    ("cases", cases.router),
    ("cases", case_work.router),
    ("customers", customers.router),
    ("duty", duty.router),
    ("events", events.router),
    ("forwarding", forwarding.router),
    ("health", health.router),
    ("home-assistant", home_assistant.router),
    ("homes", homes.router),
    ("keys", keys.router),
    ("live", live.router),
    ("notices", notices.router),
    ("panels", panels.router),
    ("people", people.router),
    ("cases", pictures.router),
    ("receiving", receiving.router),
    ("reports", reports.router),
    ("service-mode", service_mode.router),
    ("sites", sites.router),
    ("transmitters", transmitters.router),
)
