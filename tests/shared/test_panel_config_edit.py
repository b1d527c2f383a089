"""Edits of the configuration: what they change, what they refuse, which change wins, and what the cloud may know."""

from config_examples import RADIO, largest, small
from hemlarm_firmware.panel import config, config_edit
from hemlarm_firmware.panel.inputs import CONFLICT, DONE
from hemlarm_protocol import cbor
from support import raises

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TAG = b"t" * 16


def edited(*edits: "Any") -> "Any":
    """The small configuration after these edits; it must be left as it was, and what comes of it must be valid."""
    value: Any = small()
    before = cbor.encode(value)
    changed: Any = config_edit.apply(value, list(edits))
    assert cbor.encode(value) == before
    config.check(changed)
    return changed


def refused(*edits: "Any") -> str:
    """What is said of these edits; the configuration must be left as it was."""
    value: Any = small()
    before = cbor.encode(value)
    said = str(raises(config.ConfigError, config_edit.apply, value, list(edits)))
    assert cbor.encode(value) == before
    return said


def test_an_edit_changes_the_fields_it_names_and_no_others() -> None:
    assert edited(["areas", 1, {"entry_s": 45}])["areas"] == [{"number": 1, "entry_s": 45}]
    assert edited(["users", 2, {"role": "master"}])["users"] == [
        {"number": 1, "hash": b"a" * 32},
        {"number": 2, "hash": b"b" * 32, "role": "master"},
    ]
    assert edited(["panel", 0, {"language": "en"}]) == dict(small(), language="en")


def test_a_field_given_as_none_goes_back_to_its_default() -> None:
    changed = edited(["areas", 1, {"entry_s": 45, "exit_s": 20}], ["areas", 1, {"entry_s": None, "cancel_s": None}])
    assert changed["areas"] == [{"number": 1, "exit_s": 20}]
    assert edited(["panel", 0, {"language": "en"}], ["panel", 0, {"language": None}]) == small()


def test_an_edit_of_a_number_not_yet_there_adds_it() -> None:
    changed = edited(["users", 9, {"tags": [TAG], "duress": None}], ["zones", 7, {"type": "water", "area": 1}])
    assert changed["users"][2] == {"number": 9, "tags": [TAG]}
    assert changed["zones"][2] == {"number": 7, "type": "water", "area": 1}
    value = small()
    del value["zones"]
    assert config_edit.apply(value, [["zones", 7, {"type": "co", "area": 1}]])["zones"][0]["number"] == 7


def test_an_edit_without_fields_removes_the_item() -> None:
    assert [user["number"] for user in edited(["users", 1, None])["users"]] == [2]
    assert edited(["users", 9, {}], ["users", 9, None]) == small()


def test_an_edit_without_a_secret_keeps_the_panels() -> None:
    changed = edited(["users", 1, {"tags": [TAG], "duress": b"d" * 32}], ["users", 1, {"days": 127}])
    assert changed["users"][0] == {"number": 1, "hash": b"a" * 32, "tags": [TAG], "duress": b"d" * 32, "days": 127}


def test_what_is_no_edit_is_refused_by_its_place_and_nothing_is_applied() -> None:
    good: Any = ["areas", 1, {"entry_s": 45}]
    wrong: Any
    for wrong in (None, 7, [], ["areas", 1], ["areas", 1, {}, 0], {"areas": 1}):
        assert refused(good, wrong) == "edits[1]: must be a list of section, number and fields"
    for wrong in ("rooms", 1, None, [], b"areas"):
        assert refused(good, [wrong, 1, {}]).startswith("edits[1]: the section must be one of areas, zones, ")
    for wrong in (-1, 1000, True, "1", None, []):
        assert refused(["users", wrong, {}]).startswith("edits[0]: the number must be ")
    for wrong in ([], 7, "fields", {1: 2}):
        assert refused(["users", 1, wrong]).startswith("edits[0]: the fields must be a map ")


def test_an_item_has_any_number_up_to_999() -> None:
    assert [user["number"] for user in edited(["users", 999, {}])["users"]] == [1, 2, 999]


def test_removing_what_is_not_there_is_refused() -> None:
    assert refused(["users", 9, None]) == "edits[0]: users has no number 9 to remove"
    assert refused(["users", 1, None], ["users", 1, None]) == "edits[1]: users has no number 1 to remove"


def test_the_panel_is_edited_as_number_0_and_never_removed() -> None:
    for edit in (["panel", 1, {"chime": False}], ["panel", 0, None]):
        assert refused(edit) == "edits[0]: the panel's number must be 0, and it cannot be removed"


def test_no_edit_touches_salt_revision_whole_sections_or_numbers() -> None:
    for name in ("areas", "zones", "users", "code_salt", "revision"):
        assert refused(["panel", 0, {name: None}]).startswith(f"edits[0].{name}: cannot be edited")
    assert refused(["users", 1, {"number": 3}]).startswith("edits[0].number: cannot be edited")


def test_a_change_has_at_most_32_edits() -> None:
    edit = ["areas", 1, {"entry_s": 45}]
    assert edited(*[edit] * 32)["areas"][0]["entry_s"] == 45
    assert refused(*[edit] * 33).startswith("edits: must be a list of 1 to 32 edits")
    assert refused() == refused(*[edit] * 33)
    wrong: Any
    for wrong in (None, {}, "edits", 7):
        assert str(raises(config.ConfigError, config_edit.apply, small(), wrong)).startswith("edits: must be a list")


def test_a_change_on_the_present_revision_applies_and_counts_one() -> None:
    edits = [["areas", 1, {"entry_s": 45}]]
    status, first = config_edit.decide(small(), 0, edits)
    assert status == DONE and first is not None
    assert first["revision"] == 1 and first["areas"][0]["entry_s"] == 45
    status, second = config_edit.decide(first, 1, edits)
    assert status == DONE and second is not None and second["revision"] == 2
    assert first["revision"] == 1


def test_a_change_on_another_revision_is_refused_whole() -> None:
    value: Any = dict(small(), revision=5)
    for base in (0, 4, 6):
        assert config_edit.decide(value, base, [["areas", 1, {"entry_s": 45}]]) == (CONFLICT, None)
        assert config_edit.decide(value, base, "no edits at all") == (CONFLICT, None)


def test_a_change_at_the_keypad_applies_and_makes_the_clouds_simultaneous_one_a_conflict() -> None:
    value: Any = dict(small(), revision=5)
    status, changed = config_edit.decide(value, None, [["users", 2, None]])
    assert status == DONE and changed is not None and changed["revision"] == 6
    assert config_edit.decide(changed, 5, [["users", 2, {"role": "master"}]]) == (CONFLICT, None)
    status, changed = config_edit.decide(value, 5, [["users", 2, {"role": "master"}]])
    assert status == DONE and changed is not None
    assert config_edit.decide(changed, None, [["users", 2, None]])[0] == DONE


def test_the_cloud_learns_no_secret_and_no_duress_code() -> None:
    value = largest()
    redacted = config_edit.redact(value)
    encoded = cbor.encode(redacted)
    for zone in value["zones"]:
        assert zone["key"] not in encoded
    for user in value["users"]:
        for secret in [user["hash"], user["duress"]] + user["tags"]:
            assert secret not in encoded
    assert b"duress" not in encoded and b"code_salt" not in encoded and value["code_salt"] not in encoded
    assert redacted["users"][0]["tags"] == 4 and redacted["users"][0]["code"] is True
    assert redacted["zones"][0]["name"] == value["zones"][0]["name"]
    assert redacted["zones"][0]["radio"] == value["zones"][0]["radio"]
    assert value == largest()


def test_an_edit_means_the_same_on_both_sides() -> None:
    edits: Any = [
        ["users", 1, {"role": "guest", "until_s": 1900000000}],
        ["users", 5, {"areas": [1]}],
        ["users", 2, None],
        ["zones", 1, {"name": "Altandörr"}],
        ["panel", 0, {"pets_kg": 12}],
    ]
    value = small()
    panel = config_edit.decide(value, 0, edits)[1]
    cloud = config_edit.decide(config_edit.redact(value), 0, edits)[1]
    assert panel is not None and cloud is not None
    assert config_edit.redact(panel) == cloud
    assert config_edit.digest(config_edit.redact(panel)) == config_edit.digest(cloud)


def test_the_digest_is_of_the_canonical_form_and_finds_a_change() -> None:
    one: Any = config_edit.redact(small())
    assert config_edit.digest(one) == config_edit.digest(dict(reversed(list(one.items()))))
    assert config_edit.digest(one).hex() == "11e23cadb7ec2630"
    other: Any = dict(one, revision=1)
    assert config_edit.digest(one) != config_edit.digest(other)


def test_a_redacted_radio_zone_keeps_everything_but_its_key() -> None:
    changed = edited(["zones", 7, dict({"type": "instant", "area": 1}, **RADIO)])
    assert config_edit.redact(changed)["zones"][2] == {"number": 7, "type": "instant", "area": 1, "radio": b"id-7"}


def test_the_cloud_cannot_tell_an_empty_list_of_tags_from_none() -> None:
    value: Any = dict(small(), users=[{"number": 1, "tags": []}, {"number": 2}])
    assert config_edit.redact(value)["users"] == [{"number": 1}, {"number": 2}]
