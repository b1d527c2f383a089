"""All routes of the customer's pages."""

from fastapi import APIRouter

from hemlarm_cloud.pages.customer import climate, notices, past, people, plan, settings, status

router = APIRouter()

for part in (status, past, climate, notices, people, plan, settings):
    router.include_router(part.router)
