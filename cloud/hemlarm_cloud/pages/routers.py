"""Which pages there are: a part adds its own here."""

from fastapi import APIRouter

from hemlarm_cloud.pages import live
from hemlarm_cloud.pages.access import account_routes, family_routes, recovery_routes, sign_up_routes
from hemlarm_cloud.pages.access import routes as access
from hemlarm_cloud.pages.customer import routes as customer
from hemlarm_cloud.pages.desk import routes as desk
from hemlarm_cloud.pages.installer import panel_routes, provisioning_routes
from hemlarm_cloud.pages.installer import routes as installer
from hemlarm_cloud.pages.notices import routes as notices

PAGES: tuple[tuple[str, APIRouter], ...] = (
    # Name, router. Paths begin at /.
    ("live", live.router),
    ("access", access.router),
    ("access", sign_up_routes.router),
    ("access", recovery_routes.router),
    ("access", account_routes.router),
    ("access", family_routes.router),
    ("customer", customer.router),
    ("desk", desk.router),
    ("installer", installer.router),
    ("installer", panel_routes.router),
    ("installer", provisioning_routes.router),
    ("notices", notices.router),
)
