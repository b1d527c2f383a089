"""The house page in a real browser: what people see of a house, and what they do to it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import PHONE, axe, fresh_page
from hemlarm_simulator.description import load_house
from hemlarm_simulator.page.opening import Wanted
from hemlarm_simulator.page.opening import opened as running
from house_page import NOON_MS, SEALED, ToldHouses, told_houses

ENGLISH: dict[str, Any] = {"locale": "en-GB"}


@pytest.fixture(name="page")
def _page(browser: Browser) -> Iterator[Page]:
    with fresh_page(browser, **ENGLISH) as opened:
        yield opened


@pytest.fixture(name="villa", scope="module")
def _villa() -> Iterator[ToldHouses]:
    with told_houses("reference") as houses:
        yield houses


def opened(page: Page, houses: ToldHouses) -> None:
    houses.done.clear()
    page.goto(houses.url)
    page.wait_for_selector("body[data-ready]")


@contextmanager
def seen(page: Page, *names: str) -> Iterator[ToldHouses]:
    """Houses of a test's own, which the page leaves before they end."""
    with told_houses(*names) as houses:
        opened(page, houses)
        yield houses
        page.goto("about:blank")


def sensor(**values: Any) -> dict[str, Any]:
    rest = {"state": "rest", "open": False, "level": 0.0, "sounding": False, "battery_low": False, "fault": False}
    return rest | {"reach": True, "cable": "", "off": False, "flashes": 0, "value": None} | values


def thing(page: Page, name: str) -> Any:
    return page.locator(f'.plan [role=button][aria-label^="{name},"]')


def test_a_click_on_a_door_opens_it_and_it_is_seen_to_swing(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    door = thing(page, "Front door")
    expect(door).to_have_attribute("aria-label", "Front door, closed")
    door.locator(".hit").click()
    villa.expect_done(do="open", what="front-door", panel=1)
    villa.tell({"1/sensor/front-door": sensor(state="active", open=True)})
    expect(door).to_have_attribute("aria-label", "Front door, open")
    assert "rotate(78deg)" in door.locator(".leaf").evaluate("(leaf) => leaf.style.transform")
    door.locator(".hit").click()
    villa.expect_done(do="close", what="front-door")
    villa.tell({"1/sensor/front-door": sensor()})
    expect(door).to_have_attribute("aria-label", "Front door, closed")


def test_what_is_selected_can_also_be_broken_by_hand(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    thing(page, "Living room").locator(".hit").click()
    villa.expect_done(do="move", what="living-room")
    dock = page.get_by_role("region", name="What is selected")
    expect(dock).to_contain_text("zone 6")
    dock.get_by_role("button", name="Cut cable").click()
    villa.expect_done(do="cable", what="living-room", value="cut")
    villa.tell({"1/sensor/living-room": sensor(cable="cut")})
    expect(dock.get_by_role("button", name="Cut cable")).to_have_attribute("aria-pressed", "true")
    expect(dock.get_by_role("button", name="Cut cable")).to_be_focused()
    expect(thing(page, "Living room")).to_have_attribute("aria-label", "Living room, at rest, cable cut")
    dock.get_by_role("button", name="Cut cable").click()
    villa.expect_done(do="cable", what="living-room", value="")
    villa.tell({"1/sensor/living-room": sensor()})


def test_an_alarm_is_told_by_shape_words_and_the_sirens(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    smoke = thing(page, "Kitchen")
    rest = smoke.locator(".shape").get_attribute("d")
    villa.tell({"1/sensor/kitchen": sensor(state="alarm", open=True, level=0.8, sounding=True), "1/siren": "fire"})
    expect(page.get_by_role("alert").filter(has_text="Alarm: fire")).to_be_visible()
    expect(smoke).to_have_attribute("aria-label", "Kitchen, in alarm")
    assert smoke.locator(".shape").get_attribute("d") != rest
    expect(page.locator('.place.siren[data-sound="fire"]')).to_have_count(1)
    villa.tell({"1/sensor/kitchen": sensor(), "1/siren": "off"})
    expect(page.get_by_role("alert").filter(has_text="Alarm")).to_be_hidden()


def test_the_keypad_is_used_by_mouse_by_keyboard_and_by_a_persons_code(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    page.get_by_role("button", name="Away", exact=True).click()
    page.keyboard.press("7")
    page.keyboard.press("Backspace")
    page.get_by_role("button", name="Enter Bertil's code: 2580").click()
    villa.wait_for(lambda: len(villa.done) >= 7)
    assert [one["key"] for one in villa.done] == ["away", "7", "back", *"2580"]
    villa.tell({"1/display": ["Armed away", "Leave now 59"], "1/lamp/armed": True, "1/lamp/ready": False})
    expect(page.get_by_label("Display")).to_contain_text("Leave now 59")
    expect(page.locator(".lamp.armed")).to_contain_text("Armed: on")
    villa.tell({"1/display": ["Disarmed", "Ready"], "1/lamp/armed": False, "1/lamp/ready": True})


def test_fire_and_hold_up_are_pressed_for_two_seconds_or_not_at_all(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    page.clock.install()
    key = page.get_by_role("button", name="Hold Hold-up for two seconds")
    key.hover()
    page.mouse.down()
    page.clock.run_for(1_900)
    page.mouse.up()
    page.mouse.down()
    page.clock.run_for(2_100)
    page.mouse.up()
    villa.wait_for(lambda: len(villa.done) > 0)
    assert villa.done == [{"panel": 1, "do": "key", "key": "hold-up"}]


def test_the_person_walks_by_arrows_by_a_click_on_the_floor_and_by_being_dragged(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    villa.tell({"1/person": [4.85, 7.7, "outside"]})
    expect(page.locator(".person")).to_have_attribute("aria-label", re.compile("in the garden"))
    page.keyboard.press("ArrowUp")
    villa.wait_for(lambda: len(villa.done) == 1)
    assert villa.done[0]["do"] == "walk"
    assert villa.done[0]["to"][1] < 7, "through the front door"
    page.locator('[data-room="study"]').click(position={"x": 60, "y": 90})
    villa.wait_for(lambda: len(villa.done) == 2)
    x, y = villa.done[1]["to"]
    assert 0 < x < 3
    assert 3.8 < y < 7
    page.locator(".person .hit").hover()
    page.mouse.down()
    page.locator('[data-room="kitchen"]').hover()
    page.mouse.up()
    villa.wait_for(lambda: len(villa.done) == 3)
    assert villa.done[2]["to"] == [pytest.approx(2, abs=0.3), pytest.approx(1.9, abs=0.3)]
    villa.tell({"1/person": [2, 1.9, "kitchen"]})
    expect(page.locator(".person")).to_have_attribute("aria-label", re.compile("in kitchen"))


def test_a_line_of_the_timeline_opens_what_happened_its_bytes_and_its_fate(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    villa.happen(1, 3401, "Armed away", user="anna", committed_ms=NOON_MS + 1030, acked_ms=NOON_MS + 1050)
    villa.happen(2, 1134, "Intrusion in an entry zone", zone="front-door")
    line = page.get_by_role("button", name=re.compile("Intrusion"))
    expect(line).to_contain_text("waits in the panel")
    expect(page.get_by_role("button", name=re.compile("Armed away"))).to_contain_text("✓ 50 ms")
    page.get_by_role("group", name="Show").get_by_role("button", name="Alarms").click()
    expect(page.get_by_role("button", name=re.compile("Armed away"))).to_have_count(0)
    line.click()
    event = page.locator("article.event")
    expect(event).to_contain_text("Lies in the panel's journal")
    case = {"id": 7, "category": "intrusion", "state": "open"}
    steps = [{"sv": "Ring Anna", "en": "Call Anna: no answer"}]
    told = {"sealed": SEALED, "size": 68, "path": "ip", "committed_ms": NOON_MS + 2040, "acked_ms": NOON_MS + 2060}
    villa.happen(2, 1134, "Intrusion in an entry zone", zone="front-door", case=case, steps=steps, **told)
    expect(event).to_contain_text("Call Anna: no answer")
    expect(event).to_contain_text("E134")
    expect(event).to_contain_text("68 bytes: 4 of key id, and a sealed message of size class 64")
    for part, count in (("kid", 4), ("number", 4), ("sealed", 33), ("tag", 16)):
        assert len(" ".join(event.locator(f".bytes-row [data-part={part}]").all_inner_texts()).split()) == count
    event.get_by_role("button", name="All events").click()
    expect(line).to_contain_text("Case 7")
    expect(line).to_be_focused()


def test_messages_are_seen_as_their_recipients_see_them(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    villa.say(1, "sms", "+46700000001", "Villa Berg: fire alarm.")
    villa.say(2, "mail", "anna@example.org", "Somebody armed.\n\nGood night.", "Armed")
    villa.say(3, "push", "anna", "Water in the kitchen", "Villa Berg")
    tab = page.get_by_role("tab", name="Messages")
    expect(tab.locator(".count")).to_have_text("3")
    tab.click()
    expect(tab.locator(".count")).to_be_hidden()
    expect(page.locator(".bubble")).to_have_text("Villa Berg: fire alarm.")
    expect(page.locator(".letter p")).to_have_count(2)
    expect(page.locator(".notification")).to_contain_text("Water in the kitchen")
    expect(page.locator(".message").first).to_contain_text("Notification to anna")


def test_the_instruments_show_and_switch_power_and_paths(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    expect(page.locator(".battery")).to_contain_text("13.65 V")
    page.get_by_role("button", name="Mains 230 V").click()
    villa.expect_done(do="mains", on=False)
    battery = {"mv": 12_310, "ma": -105, "percent": 61, "hours": 41.2, "state": "giving"}
    villa.tell({"1/mains": False, "1/battery": battery, "1/curve": [[NOON_MS, 13_000], [NOON_MS + 5_000, 12_310]]})
    expect(page.locator(".battery")).to_contain_text("61 % · powers the alarm · -105 mA · 41 h left")
    expect(page.get_by_role("img", name="The battery's voltage, 12.3 to 13.0 V")).to_be_visible()
    page.get_by_role("button", name="Ethernet cable").click()
    villa.expect_done(do="ethernet", on=False)
    villa.tell({"1/cable": False, "1/path": "none"})
    expect(page.get_by_role("button", name="Ethernet cable")).to_contain_text("Cable pulled")
    expect(page.locator(".path")).to_contain_text("no contact")
    villa.tell({"1/cable": True, "1/path": "ip", "1/mains": True})


def test_time_is_stopped_and_hurried_by_button_and_by_key(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    page.locator(".speed button", has_text="60").first.click()
    villa.expect_done(do="speed", value=60)
    page.keyboard.press("p")
    villa.expect_done(do="speed", value=0)
    villa.tell({"world/speed": 0, "world/unix_ms": NOON_MS + 3_600_000})
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".clock")).to_have_text("14:00:00")
    villa.tell({"world/speed": 1, "world/unix_ms": NOON_MS})


def test_a_story_is_found_played_and_followed_line_by_line(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    page.get_by_role("tab", name="Stories").click()
    page.get_by_label("Search the stories").fill("breaks")
    expect(page.locator(".story:visible")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Somebody breaks in")).click()
    villa.expect_done(do="story", name="entry-break-in")
    lines = [{"at_ms": 1000 * n, "text": f"line {n}"} for n in range(3)]
    story = {"name": "entry-break-in", "title": "Somebody breaks in", "lines": lines, "line": 1, "result": ""}
    villa.tell({"world/story": story | {"running": True}})
    expect(page.locator(".script .now")).to_contain_text("line 1")
    villa.tell({"world/story": story | {"line": 2, "running": False, "result": "line 2: but the siren is off"}})
    expect(page.locator(".playing")).to_contain_text("failed: line 2: but the siren is off")
    villa.tell({"world/story": None})


def test_what_cannot_be_done_is_said(page: Page, browser: Browser, villa: ToldHouses) -> None:
    with fresh_page(browser, allowed=("422",), **ENGLISH) as other:
        opened(other, villa)
        villa.refuses = "this panel has no flash"
        other.get_by_role("button", name="Restart").click()
        expect(other.get_by_role("alert").filter(has_text="this panel has no flash")).to_be_visible()
        villa.refuses = ""


def test_a_lock_and_plugs_show_how_they_are_and_are_worked_by_hand(page: Page) -> None:
    with seen(page, "smart-villa") as houses:
        lock = thing(page, "Front door").filter(has=page.locator(".hit")).last
        expect(lock).to_have_attribute("aria-label", "Front door, locked")
        lock.click()
        houses.expect_done(do="lock-turn", what="front")
        houses.tell({"1/lock/1": "jammed", "1/plug/2": True})
        expect(lock).to_have_attribute("aria-label", "Front door, jammed")
        expect(thing(page, "Hall lamp")).to_have_attribute("aria-label", "Hall lamp, on")


def test_several_houses_are_seen_at_a_glance_and_an_alarm_stands_out(page: Page) -> None:
    with seen(page, "villa", "big-villa", "two-paths") as houses:
        tiles = page.locator(".tile")
        expect(tiles).to_have_count(3)
        houses.tell({"2/lamp/alarm": True, "2/siren": "intrusion", "3/on": False})
        expect(tiles.nth(1)).to_contain_text("alarm")
        expect(page.locator(".panels").get_by_role("img", name="alarm")).to_be_visible()
        expect(tiles.nth(2)).to_contain_text("no power")
        assert axe(page) == []
        tiles.nth(1).click()
        expect(thing(page, "Terrace door")).to_be_visible()
        page.get_by_role("button", name="Restart").click()
        houses.expect_done(do="reset", panel=2)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "sv-SE"), ("dark", "en-GB")])
def test_the_page_is_usable_without_eyes_hands_or_colours(
    browser: Browser, villa: ToldHouses, scheme: str, locale: str
) -> None:
    villa.happen(3, 1110, "Fire", zone="kitchen", sealed=SEALED, path="ip", committed_ms=NOON_MS, acked_ms=NOON_MS)
    with fresh_page(browser, locale=locale, color_scheme=scheme) as opened_page:
        opened(opened_page, villa)
        thing(opened_page, "Hall").locator(".hit").click()
        assert axe(opened_page) == []
        opened_page.locator(".line").first.click()
        assert axe(opened_page) == []
        opened_page.get_by_role("tab").nth(2).click()
        assert axe(opened_page) == []
    with fresh_page(browser, locale=locale, color_scheme=scheme, viewport=PHONE) as phone:
        opened(phone, villa)
        assert axe(phone) == []
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_desktop_shows_all_of_a_house_without_scrolling(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    assert page.evaluate("document.documentElement.scrollHeight") <= 800
    for part in (".plan", ".keypad-body", ".instruments", ".side-card", ".dock"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 800
        assert box["x"] + box["width"] <= 1280


def test_every_thing_in_the_plan_can_be_reached_and_worked_by_keyboard(page: Page, villa: ToldHouses) -> None:
    opened(page, villa)
    things = page.locator(".plan [role=button]")
    names = [one.get_attribute("aria-label") for one in things.all()]
    assert len(names) == 12
    things.first.focus()
    seen = set()
    for _ in names:
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("Tab")
    assert seen == set(names)
    page.locator('.plan [aria-label^="Study,"]').focus()
    page.keyboard.press("Enter")
    villa.expect_done(do="move", what="study")


def test_over_the_real_firmware_a_burglars_way_is_seen_from_the_door_to_the_case(page: Page) -> None:
    with running(Wanted([load_house("villa")])) as world:
        page.goto(world.page)
        page.wait_for_selector("body[data-ready]")
        expect(page.get_by_label("Display")).to_contain_text("Ready", timeout=20_000)
        page.get_by_role("button", name="Enter Anna's code: 1234").click()
        page.get_by_role("button", name="Home", exact=True).click()
        expect(page.locator(".lamp.armed")).to_contain_text("Armed: on")
        thing(page, "Kitchen door").locator(".hit").click()
        expect(page.get_by_role("alert").filter(has_text="Alarm: intrusion")).to_be_visible()
        line = page.locator(".line[data-kind=alarm]").filter(has_text="Case")
        line.first.click()
        event = page.locator("article.event")
        expect(event).to_contain_text("size class 64")
        expect(event).to_contain_text(re.compile(r"Case \d+: New"))
        page.get_by_role("tab", name="Messages").click()
        expect(page.locator(".message").first).to_be_visible()
        page.goto("about:blank")
