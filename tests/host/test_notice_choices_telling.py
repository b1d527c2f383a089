"""What happens at a home is told to its people as they chose: once, soon, in their language, and never a hold-up."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert

from handled_site import NOON_MS, add, case_values, notices_of
from hemlarm_cloud.cases import steps
from hemlarm_cloud.cases.categories import category
from hemlarm_cloud.notices import happenings, outbox, telling
from hemlarm_cloud.notices.choices import KINDS
from hemlarm_cloud.notices.happenings import Happening, Place
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import notice_choice
from hemlarm_cloud.store.schema_cases import alarm_case
from hemlarm_cloud.store.schema_sites import zone_name
from hemlarm_protocol.contact_id import SOURCE_COMMAND, SOURCE_KEYPAD, SOURCE_TAG
from told_house import ToldHouse

ALL: dict[str, Any] = dict.fromkeys(KINDS, ("mail",))
HOUR_MS = 3_600_000


def a_case(house: ToldHouse, category: str, **values: Any) -> int:
    with house.store.begin() as tx:
        return add(tx, alarm_case, **case_values(category, "alarm", NOON_MS) | {"site": house.site} | values)


def happening(qcode: int, **values: Any) -> Happening:
    """A happening of noon, by Anna if by user 3; of zone 3, the patio door."""
    usual: dict[str, Any] = {"origin": "panel", "area": 1, "zone": 0, "covered": False, "test": False, "case": None}
    usual |= {"category": category(qcode), "dated_ms": NOON_MS, "received_ms": NOON_MS, "case_category": None}
    usual |= {
        "who": "Anna" if values.get("user") == 3 else "",
        "zone_name": "Altandörr" if values.get("zone") == 3 else "",
    }
    return Happening(qcode, **usual | values)


@pytest.mark.parametrize(
    ("qcode", "values", "swedish", "english"),
    [
        (3401, {"user": 3, "source": SOURCE_KEYPAD},
         "Larmet i Villa Björk tillkopplat av Anna med kod kl 12:06.",
         "The alarm at Villa Björk was armed by Anna with a code at 12:06."),
        (3441, {"user": 3, "source": SOURCE_COMMAND},
         "Larmet i Villa Björk tillkopplat i hemmaläge av Anna på distans kl 12:06.",
         "The alarm at Villa Björk was armed in home mode by Anna remotely at 12:06."),
        (3456, {"user": 9, "area": 2},
         "Larmet i Villa Björk (område 2) tillkopplat för natten av användare 9 kl 12:06.",
         "The alarm at Villa Björk (area 2) was armed for the night by user 9 at 12:06."),
        (1401, {"user": 3, "source": SOURCE_TAG},
         "Larmet i Villa Björk frånkopplat av Anna med tagg kl 12:06.",
         "The alarm at Villa Björk was disarmed by Anna with a tag at 12:06."),
        (1131, {"zone": 3},
         "Larm (inbrott) i Villa Björk kl 12:06: Altandörr.",
         "Alarm (intrusion) at Villa Björk at 12:06: Altandörr."),
        (1110, {"zone": 7},
         "Larm (brand) i Villa Björk kl 12:06: zon 7. Gå ut och ring 112 om någon är i fara.",
         "Alarm (fire) at Villa Björk at 12:06: zone 7. Get out, and call 112 if anybody is in danger."),
        (1154, {"zone": 7}, "Larm (vatten) i Villa Björk kl 12:06: zon 7.",
         "Alarm (water) at Villa Björk at 12:06: zone 7."),
        (1301, {}, "Strömmen är borta i Villa Björk sedan kl 12:06. Larmet går på batteri.",
         "No power at Villa Björk since 12:06. The alarm runs on its battery."),
        (3301, {}, "Strömmen är tillbaka i Villa Björk sedan kl 12:06.",
         "The power is back at Villa Björk since 12:06."),
        (1302, {}, "I Villa Björk sedan kl 12:06: lågt batteri.", "At Villa Björk since 12:06: low battery."),
        (1384, {"zone": 3}, "I Villa Björk sedan kl 12:06: lågt batteri i detektor (Altandörr).",
         "At Villa Björk since 12:06: low battery of detector (Altandörr)."),
        (3384, {"zone": 3}, "Åtgärdat i Villa Björk kl 12:06: lågt batteri i detektor (Altandörr).",
         "Over at Villa Björk at 12:06: low battery of detector (Altandörr)."),
        (1354, {"origin": "cloud"},
         "Larmcentralen når inte larmet i Villa Björk som vanligt sedan kl 12:06: ingen kontakt.",
         "The centre does not reach the alarm at Villa Björk as usual since 12:06: no contact."),
        (3354, {"origin": "cloud"}, "Larmcentralen har åter kontakt med larmet i Villa Björk sedan kl 12:06.",
         "The centre has reached the alarm at Villa Björk again since 12:06."),
        (3403, {}, "Larmet i Villa Björk tillkopplades av sig självt kl 12:06.",
         "The alarm at Villa Björk armed itself at 12:06."),
    ],
)  # fmt: skip
def test_each_happening_has_its_sentence_in_both_languages(
    qcode: int, values: dict[str, Any], swedish: str, english: str
) -> None:
    place = Place(1, "Villa Björk", "Europe/Stockholm")
    told = [happenings.compose(happening(qcode, **values), place, language, NOON_MS).body for language in ("sv", "en")]
    assert told == [swedish, english]


@pytest.mark.parametrize(("qcode", "kind"), [
    (3401, "arming"), (1131, "alarm"), (1137, "alarm"), (1162, "alarm"), (1154, "technical"), (1159, "technical"),
    (1301, "power"), (3301, "power"), (1384, "fault"), (1351, "fault"), (1401, "arming"),
    (3131, None), (1305, None), (1350, None), (1570, None), (6130, None), (1602, None), (1601, None), (1411, None),
])  # fmt: skip
def test_each_event_has_its_kind(qcode: int, kind: str | None) -> None:
    assert happenings.kind(happening(qcode), NOON_MS) == kind


def test_a_kind_is_told_to_who_chose_it_and_to_nobody_else(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(0, power=("mail",))
    house.choose(1, **{kind: channels for kind, channels in ALL.items() if kind != "power"})
    house.happen(1301)
    house.told()
    assert [notice.recipient for notice in notices_of(store)] == [f"anna{house.site}@login.example"]


def test_a_hold_up_or_duress_alarm_is_never_told(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    for qcode in (1120, 1121, 1122, 3120, 1101):
        house.happen(qcode, case=a_case(house, "hold-up"), handling="case")
    house.happen(1406, user=3, case=a_case(house, "hold-up"))
    house.happen(1406, user=3)
    assert house.told() == []


def test_a_cancelled_alarm_is_told(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    house.happen(1406, user=3, case=a_case(house, "intrusion"))
    assert house.told() == [("mail", "Larmet i Villa Björk återkallades av Anna kl 12:06.")]


def test_what_service_mode_covers_is_not_told_but_arming_is(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    for qcode in (1131, 1301, 1384, 1154):
        house.happen(qcode, handling="service")
    house.happen(1401, user=3)
    assert house.told() == [("mail", "Larmet i Villa Björk frånkopplat av Anna kl 12:06.")]


def test_the_yearly_test_is_told_as_one(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    house.happen(1131, case=a_case(house, "intrusion", test=True), zone=3)
    assert house.told() == [("mail", "Prov. Larm (inbrott) i Villa Björk kl 12:06: Altandörr.")]
    assert notices_of(store)[0].subject == "Prov: Larm i Villa Björk: inbrott"


def test_a_burglar_who_goes_round_and_round_is_told_once_a_room_and_by_sms_once(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(alarm=("mail", "sms"))
    case = a_case(house, "intrusion")
    for zone in (3, 4, 3, 4, 3):
        house.happen(1130, zone=zone, case=case)
    assert sorted(channel for channel, _ in house.told()) == ["mail", "mail", "sms"]
    house.happen(1130, zone=3, case=a_case(house, "intrusion"))
    assert sorted(channel for channel, _ in house.told()) == ["mail", "mail", "mail", "sms", "sms"]


def test_a_loose_cable_is_no_reason_for_a_thousand_sms_and_alarms_have_room_left(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(power=("sms",), alarm=("sms",))
    for minute in range(40):
        house.happen((1301, 3301)[minute % 2], NOON_MS - minute)
    assert len(house.told()) == telling.A_DAY_MAX["sms"] == 20
    house.happen(1131)
    assert len(house.told()) == 21
    later_ms = NOON_MS + 25 * HOUR_MS
    house.happen(1301, later_ms)
    assert len(house.told(later_ms)) == 22


def test_late_arming_is_no_news_and_a_late_alarm_says_its_date(store: Store) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    yesterday_ms = NOON_MS - 23 * HOUR_MS
    house.happen(3401, NOON_MS - 2 * HOUR_MS, received_ms=NOON_MS)
    house.happen(1131, yesterday_ms, received_ms=NOON_MS)
    house.happen(1301, NOON_MS - 25 * HOUR_MS)
    assert house.told() == [("mail", "Larm (inbrott) i Villa Björk 2026-11-17 13:06.")]


def test_each_signal_is_told_once_whatever_ends_the_process(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    house = ToldHouse(store)
    house.choose(**ALL)
    house.happen(1301)

    def put_and_die(*values: Any) -> None:
        assert outbox.put(*values)
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "outbox", SimpleNamespace(CHANNELS=outbox.CHANNELS, put=put_and_die))
    with pytest.raises(KeyboardInterrupt):
        telling.step(store, NOON_MS)
    assert notices_of(store) == []
    monkeypatch.undo()
    assert len(house.told()) == 1
    assert len(house.told()) == 1


def test_several_groups_are_told_in_the_order_of_the_commits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "AT_MOST", 2)
    monkeypatch.setattr(telling, "GROUPS_MAX", 2)
    house = ToldHouse(store)
    house.choose(power=("mail",))
    for second in range(7):
        house.happen((1301, 3301)[second % 2], NOON_MS - 7 + second)
    assert telling.step(store, NOON_MS) == NOON_MS
    assert len(notices_of(store)) == 4
    texts = [text for _, text in house.told()]
    assert ["borta" in text for text in texts] == [True, False, True, False, True, False, True]


def test_one_channel_and_one_browser_each(store: Store) -> None:
    house = ToldHouse(store)
    browser = house.subscribe()
    house.choose(arming=("sms", "push"))
    house.happen(3401)
    house.told()
    assert [(notice.channel, notice.recipient) for notice in notices_of(store)] == [
        ("sms", "+46700000001"),
        ("push", f"anna{house.site}#{browser}"),
    ]


def test_names_that_no_text_can_hold_are_cleaned_and_keep_nobody_from_being_told(store: Store) -> None:
    house = ToldHouse(store, "Villa {site} %s")
    house.choose(alarm=("mail", "sms"))
    with store.begin() as tx:
        hostile = "Hall\r\nBcc: x@example.se {0} \u2028"
        tx.connection.execute(insert(zone_name).values(transmitter=house.transmitter, zone=4, name=hostile))
    house.happen(1131, zone=4)
    (_, text), _ = house.told()
    assert text == "Larm (inbrott) i Villa {site} %s kl 12:06: Hall Bcc: x@example.se {0}."


def test_people_of_another_site_are_told_nothing(store: Store) -> None:
    house, other = ToldHouse(store), ToldHouse(store, "Canary")
    other.choose(**ALL)
    # A row that no door lets in: somebody else's account.
    with store.begin() as tx:
        row = {"account": other.accounts[0], "site": house.site, "kind": "alarm", "channel": "mail"}
        tx.connection.execute(insert(notice_choice).values(row))
    house.happen(1131)
    assert house.told() == []


def test_telling_is_a_step_that_new_events_wake() -> None:
    assert steps.STEPS["notices"] is telling.step
    assert "notices" in steps.FOLLOWING
