"""The pages' security: who gets in where, forms from elsewhere, headers, cookies, and no word of another tenant.

Each test walks the table of routes, so that a page added later is held to the same.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import insert

import centre_rows as rows
from access_support import NOW_MS, OTHER_PASSWORD, PASSWORD, Clock, Surfer, add_login, new_store
from centre_rows import Tenant
from hemlarm_cloud.api.allowance import Rate
from hemlarm_cloud.api.guard import Limits
from hemlarm_cloud.api.routers import ROUTERS
from hemlarm_cloud.pages.routers import PAGES
from hemlarm_cloud.store.schema_sites import authority, authority_list, authority_list_site, contact, person

CANARY = "kanariefågel"
"""Stands in every name of the tenant whom nobody else may hear of."""

ROUTES = [route for _, router in PAGES for route in iter_route_contexts(router.routes)]
POSTS = sorted({str(route.path) for route in ROUTES if "POST" in (route.methods or ())})
GETS = sorted({str(route.path) for route in ROUTES if "GET" in (route.methods or ())})

AREAS = {"/home": ("customer",), "/desk": ("supervisor", "operator", "monitor"), "/installer": ("installer",)}
"""Whose the pages under each path are."""

SHARED = {"/installer/provisioning": ("supervisor",)}
"""Who else has pages under a path within these: a panel may be taken in before its site is known."""

ROLES = ("supervisor", "operator", "monitor", "customer", "installer")


class World:
    """Two tenants, each with a customer's and an installer's login, and the centre's people."""

    def __init__(self, folder: Path) -> None:
        self.store = new_store(folder / "pages.db")
        self.clock = Clock()
        self.north, self.south = rows.add_tenant(self.store, "north"), rows.add_tenant(self.store, CANARY)
        self.ids = self._things_of(self.south)
        for name, tenant in (("north", self.north), ("south", self.south)):
            owner = self._head_of(tenant, name)
            add_login(self.store, "customer", f"customer-{name}", customer=tenant.customer, person=owner)
            company = rows.add_installer(self.store, f"Company {name}", tenant.site)
            add_login(self.store, "installer", f"installer-{name}", installer=company.installer)
        for role in ("supervisor", "operator", "monitor"):
            add_login(self.store, role, role)
        self.surfer = Surfer(self.store, self.clock, limits=Limits(of_an_address=Rate(100_000, 100_000)))

    def _head_of(self, tenant: Tenant, name: str) -> int:
        """Somebody with authority A at the tenant's site."""
        with self.store.begin() as tx:
            who = rows.add(tx, person, name=f"Head of {name}", customer=tenant.customer, created_ms=NOW_MS)
            values = {"kind": "customer", "name": name, "customer": tenant.customer, "created_ms": NOW_MS}
            held = rows.add(tx, authority_list, **values)
            tx.connection.execute(insert(authority_list_site), {"list": held, "site": tenant.site})
            tx.connection.execute(insert(authority), {"list": held, "person": who, "level": "A"})
        return who

    def _things_of(self, tenant: Tenant) -> dict[str, str]:
        """What paths may name: each thing is the tenant's whom nobody else may hear of."""
        case = rows.add_case(self.store, tenant)
        signal = rows.add_signal(self.store, tenant, case, text=CANARY)
        rows.add_log(self.store, tenant, case, "note", f'{{"text": "{CANARY}"}}')
        with self.store.begin() as tx:
            values = {"name": CANARY, "email": f"{CANARY}@example.se", "customer": tenant.customer}
            who = rows.add(tx, person, **values, created_ms=NOW_MS)
            tx.connection.execute(insert(contact), {"site": tenant.site, "position": 1, "person": who})
        known = {"case": case, "signal": signal, "person": who, "site": tenant.site}
        return {**{f"{name}_id": str(number) for name, number in known.items()}, "panel": "0" * 16, "default": "1"}

    def path(self, route: str) -> str:
        """The path of a route, about the tenant whom nobody else may hear of."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: self.ids.get(found[1], self.ids["default"]), route)

    def signed_in(self, login: str) -> Surfer:
        """A browser that has signed in."""
        surfer = self.surfer.another()
        assert surfer.sign_in(login).status_code == 303
        return surfer


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One for all tests, for they only look."""
    made = World(tmp_path_factory.mktemp("pages"))
    yield made
    made.store.close()


def login_of(role: str) -> str:
    return f"{role}-north" if role in ("customer", "installer") else role


def test_the_table_of_pages_is_all_that_is_served_beside_the_api(world: World) -> None:
    served = [found for route in world.surfer.app.routes if (found := getattr(route, "original_router", None))]
    assert {id(router) for router in served} == {id(router) for _, router in (*ROUTERS, *PAGES)}
    plain = {route.path for route in world.surfer.app.routes if hasattr(route, "path")}
    assert plain == {"/api/v1/openapi.json", "/look/{version}/{name}"}
    assert {"/login", "/logout", "/account/password"} <= set(POSTS)


@pytest.mark.parametrize("who", ["", "customer-north", "supervisor"])
def test_a_form_from_elsewhere_is_refused_by_every_route_that_takes_one(world: World, who: str) -> None:
    surfer = world.signed_in(who) if who else world.surfer.another()
    own, foreign = "https://larm.example.se", "https://evil.example"
    right = {"csrf": surfer.csrf("/account" if who else "/login")}
    other = {"csrf": world.signed_in("operator").csrf("/account")}
    ways: list[tuple[dict[str, str], dict[str, str]]] = [
        ({"Origin": own}, {}),
        ({"Origin": own}, {"csrf": "wrong"}),
        ({"Origin": own}, other),
        ({"Origin": foreign}, right),
        ({"Origin": "null"}, right),
        ({"Origin": own, "Sec-Fetch-Site": "cross-site"}, right),
        ({"Origin": own, "Sec-Fetch-Site": "same-site"}, right),
        ({}, right),
        ({"Origin": own, "X-CSRF": "wrong"}, right),
    ]
    for route in POSTS:
        for headers, fields in ways:
            answer = surfer.client.post(world.path(route), data=fields, headers=headers)
            assert answer.status_code == 403, (route, headers, fields)
            assert "form" in answer.text
    assert who == "" or surfer.is_signed_in()


def test_every_answer_has_the_headers_of_a_page(world: World) -> None:
    surfer = world.signed_in("operator")
    answers = [surfer.get(world.path(route)) for route in GETS]
    answers += [surfer.get("/nowhere"), surfer.client.post("/login"), surfer.client.put("/login")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        # no-referrer would make browsers hide the Origin of our own forms.
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["strict-transport-security"]
        assert "access-control-allow-origin" not in answer.headers
    # What no-cache is for is the same for everybody: a browser's worker, which it asks for anew.
    assert {answer.headers["cache-control"] for answer in answers} <= {"no-store", "no-cache"}


def test_the_api_keeps_its_own_headers(world: World) -> None:
    answer = world.surfer.get("/api/v1/health")
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert world.surfer.get("/api/v1/nowhere").json() == {"detail": "Not Found"}


def test_strangers_are_led_to_sign_in_and_back(world: World) -> None:
    for route in GETS:
        path = world.path(route)
        if path.startswith((*AREAS, "/account")):
            answer = world.surfer.another().get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={path}"), path


def _shares(role: str, route: str) -> bool:
    return any(route.startswith(path) and role in others for path, others in SHARED.items())


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_other_roles_are_not_there(world: World, role: str) -> None:
    surfer = world.signed_in(login_of(role))
    csrf = surfer.csrf("/account")
    for area, owners in AREAS.items():
        if role in owners:
            continue
        for route in (route for route in GETS if route.startswith(area) and not _shares(role, route)):
            answer = surfer.get(world.path(route))
            assert answer.status_code in (403, 404), (route, answer.status_code)
        for route in (route for route in POSTS if route.startswith(area) and not _shares(role, route)):
            headers = {"Origin": "https://larm.example.se"}
            answer = surfer.client.post(world.path(route), data={"csrf": csrf}, headers=headers)
            assert answer.status_code in (403, 404, 422), (route, answer.status_code)


@pytest.mark.parametrize("login", ["customer-north", "installer-north"])
def test_no_page_tells_a_word_of_another_tenant(world: World, login: str) -> None:
    surfer = world.signed_in(login)
    for route in GETS:
        for query in ("", f"?site={world.south.site}", f"?site={world.south.site}&person={world.ids['person_id']}"):
            answer = surfer.get(world.path(route) + query)
            assert CANARY not in answer.text, route
            assert answer.status_code < 500, route
            if "{site_id}" in route or "{case_id}" in route:
                assert answer.status_code in (403, 404), (route, answer.status_code)


@pytest.mark.parametrize("login", ["customer-south", "supervisor"])
def test_the_canary_sings_where_it_may(world: World, login: str) -> None:
    surfer = world.signed_in(login)
    texts = [surfer.get(world.path(route)).text for route in GETS]
    assert any(CANARY in text for text in texts)


def test_a_monitor_changes_nothing(world: World) -> None:
    surfer = world.signed_in("monitor")
    fields = {"now": PASSWORD, "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert surfer.post("/account/password", "/account", **fields).status_code == 403


def test_the_session_cookie_is_for_us_alone(world: World) -> None:
    surfer = world.surfer.another()
    told = surfer.sign_in("operator").headers.get_list("set-cookie")
    (cookie,) = (line for line in told if line.startswith("__Host-hemlarm="))
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/", f"max-age={400 * 86_400}"} == parts
    plain = Surfer(world.store, world.clock)
    plain.client.base_url = plain.client.base_url.copy_with(scheme="http")
    headers = {"Origin": "http://larm.example.se"}
    fields = {"csrf": plain.csrf(), "login": "operator", "password": PASSWORD}
    told = plain.client.post("/login", data=fields, headers=headers).headers.get_list("set-cookie")
    assert any(line.startswith("hemlarm=") and "httponly" in line.lower() for line in told)


def test_no_session_is_taken_that_somebody_else_chose(world: World) -> None:
    surfer = world.surfer.another()
    chosen = "A" * 43
    surfer.client.cookies.set("__Host-hemlarm", chosen, domain="larm.example.se")
    assert surfer.sign_in("operator").status_code == 303
    tokens = {cookie.value for cookie in surfer.client.cookies.jar if cookie.name == "__Host-hemlarm"}
    assert chosen not in tokens
    victim = world.surfer.another()
    victim.client.cookies.set("__Host-hemlarm", chosen)
    assert not victim.is_signed_in()


def test_signing_out_ends_the_session_and_not_only_the_cookie(world: World) -> None:
    surfer = world.signed_in("operator")
    token = surfer.client.cookies["__Host-hemlarm"]
    assert surfer.post("/logout", "/account").status_code == 303
    assert not surfer.is_signed_in()
    thief = world.surfer.another()
    thief.client.cookies.set("__Host-hemlarm", token)
    assert not thief.is_signed_in()


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "/\tevil",
        "evil.example",
        "/" + "x" * 600,
    ],
)
def test_after_signing_in_nobody_is_led_away(world: World, wanted: str) -> None:
    surfer = world.surfer.another()
    answer = surfer.sign_in("operator", next=wanted)
    if answer.status_code == 422:
        return
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\", "/\t"))
    assert "\r" not in answer.headers["location"]


def test_after_signing_in_one_is_where_one_wanted_to_be(world: World) -> None:
    assert world.surfer.another().sign_in("operator", next="/desk/cases/1").headers["location"] == "/desk/cases/1"
    assert world.surfer.another().sign_in("operator").headers["location"] == "/desk"
    assert world.surfer.another().sign_in("customer-north").headers["location"] == "/home"
    assert world.surfer.another().sign_in("installer-north").headers["location"] == "/installer"


@pytest.mark.parametrize("value", ["", "x", "A" * 43, "å" * 43, "A" * 5000, '"', "\x7f" * 43])
def test_a_cookie_that_is_no_session_is_nobody(world: World, value: str) -> None:
    surfer = world.surfer.another()
    headers = {"Cookie": f"__Host-hemlarm={value}".encode()}
    assert surfer.client.get("/account", headers=headers).status_code == 303
