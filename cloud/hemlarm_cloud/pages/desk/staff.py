"""What the desk's routes share: who may come here, and the types of what forms bring."""

from typing import Annotated

from fastapi import Depends, Form

from hemlarm_cloud.actor import CENTRE_ROLES, Role
from hemlarm_cloud.api.depends import RowId, Version
from hemlarm_cloud.pages.depends import AccountVisit, Visit
from hemlarm_cloud.sites.contract_dates import CALENDAR

ZONE = CALENDAR.key
"""The centre's own clocks."""


def _staff(visit: Visit) -> AccountVisit:
    visit.expect_role(Role.OPERATOR, Role.SUPERVISOR)
    return visit


def _centre(visit: Visit) -> AccountVisit:
    visit.expect_role(*CENTRE_ROLES)
    return visit


Staff = Annotated[AccountVisit, Depends(_staff)]
"""A visit of somebody who answers alarms; others are told that there is no such page."""

Watching = Annotated[AccountVisit, Depends(_centre)]
"""A visit of the centre's people, its monitors included."""

Id = RowId
"""The id of a row in a path."""

Seen = Annotated[Version, Form()]
"""The version that somebody saw of what they change."""

Short = Annotated[str, Form(max_length=120)]
Text = Annotated[str, Form(max_length=1_000)]
"""What somebody wrote; the domain says what is too long."""

Number = Annotated[int, Form(ge=1, le=(1 << 63) - 1)]
"""The id of a row in a form."""
