"""All pages of the desk, under /desk."""

from fastapi import APIRouter

from hemlarm_cloud.pages.desk import (
    case_routes,
    duty_routes,
    log_routes,
    picture_routes,
    queue_routes,
    release_routes,
    report_routes,
    site_routes,
    work_routes,
)

router = APIRouter()

PARTS = (
    queue_routes,
    case_routes,
    work_routes,
    picture_routes,
    site_routes,
    log_routes,
    report_routes,
    duty_routes,
    release_routes,
)
"""Modules, each with a router of its own."""

for _part in PARTS:
    router.include_router(_part.router, prefix="/desk")
