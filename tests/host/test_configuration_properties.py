"""Whatever is given as configuration or edits: a ConfigError or a configuration, and what was given stays as it is."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from config_examples import largest, small
from hemlarm_firmware.panel import config, config_edit, config_fields
from hemlarm_firmware.panel.inputs import CONFLICT
from hemlarm_protocol import cbor

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), 1 << 63) | st.text(max_size=20) | st.binary(max_size=33),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10) | st.integers(0, 9), inner, max_size=4)
    ),
    max_leaves=12,
)
SECTIONS = {
    "panel": config_fields.PANEL,
    "areas": config_fields.AREA,
    "zones": config_fields.ZONE,
    "users": config_fields.USER,
    "outputs": config_fields.OUTPUT,
}


# What is in most configurations and edits; each other field is there now and then.
USUAL: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "panel": {"code_salt": st.just(b"s" * 16)},
    "areas": {},
    "zones": {"type": st.sampled_from(["entry", "follower", "instant", "fire", "hold_up"]), "area": st.just(1)},
    "users": {},
    "outputs": {"kind": st.sampled_from(["plug", "lock"])},
}
TEXTS = {"apn": st.text("abc-.", max_size=9), "sms_to": st.from_regex(r"\+[0-9]{7,15}", fullmatch=True)}
LISTS = {"areas": st.just([1]), "tags": st.lists(st.binary(min_size=16, max_size=16), max_size=4)}


def right_value(row: Any) -> st.SearchStrategy[Any]:
    """What the row allows."""
    name, kind, least, most = row[:4]
    if kind == config_fields.FLAG:
        return st.booleans()
    if kind == config_fields.WORD:
        return st.sampled_from(list(least))
    if kind == config_fields.BYTES:
        return st.binary(min_size=least, max_size=least)
    if kind == config_fields.TEXT:
        return TEXTS[name] if name in TEXTS else st.text("abcåäö ", max_size=most)
    if kind == config_fields.SECRET_DIGITS:
        return st.just("") | st.from_regex(rf"[0-9]{{{least},{most}}}", fullmatch=True)
    return LISTS[name] if kind == config_fields.ITEMS else st.integers(least, most)


def some_fields(section: str) -> st.SearchStrategy[dict[str, Any]]:
    """Up to two fields of the section as the rows allow them, and sometimes one with anything."""
    rows = [row for row in SECTIONS[section] if row[0] not in SECTIONS and row[0] not in ("number", "code_salt")]
    right = st.sampled_from(rows).flatmap(lambda row: st.tuples(st.just(row[0]), right_value(row)))
    wrong = st.tuples(st.sampled_from([row[0] for row in rows]) | st.text(max_size=10), JUNK)
    rarely = st.integers(0, 5).flatmap(lambda chance: NOTHING if chance else st.tuples(wrong).map(list))
    return st.tuples(st.lists(right, max_size=2), rarely).map(lambda both: dict(both[0] + both[1]))


NOTHING: st.SearchStrategy[list[Any]] = st.just([])


def items_of(section: str) -> st.SearchStrategy[Any]:
    usual = st.fixed_dictionaries(USUAL[section])
    item = st.tuples(usual, some_fields(section)).map(lambda both: {**both[0], **both[1]})
    least = 1 if section == "areas" else 0
    return st.lists(item, min_size=least, max_size=3).map(
        lambda items: [{"number": number, **fields} for number, fields in enumerate(items, 1)]
    )


def edit_of(section: str) -> st.SearchStrategy[Any]:
    number = st.just(0) if section == "panel" else st.integers(1, 3)
    return st.tuples(st.just(section), number, st.none() | some_fields(section) | some_fields(section)).map(list)


PANELS = st.tuples(
    st.fixed_dictionaries({**USUAL["panel"], **{name: items_of(name) for name in ("areas", "zones", "users")}}),
    some_fields("panel"),
).map(lambda both: {**both[0], **both[1]})
CONFIGURATIONS = st.one_of(PANELS, PANELS, PANELS, JUNK)
GOOD_EDITS = st.lists(st.sampled_from(list(SECTIONS)).flatmap(edit_of), min_size=1, max_size=4)
EDITS = st.one_of(GOOD_EDITS, GOOD_EDITS, GOOD_EDITS, JUNK, st.lists(JUNK, max_size=3))


def checked(value: Any) -> Any:
    """What the check makes of it, None when it is refused; either way the value stays as it was."""
    before = copy.deepcopy(value)
    try:
        return config.check(value)
    except config.ConfigError:
        return None
    finally:
        assert value == before


@settings(max_examples=150, deadline=None, derandomize=True)
@given(CONFIGURATIONS)
def test_whatever_is_given_is_refused_or_passes_and_then_passes_again(value: Any) -> None:
    first = checked(value)
    assert first is None or config.check(first) == first


@settings(max_examples=200, deadline=None, derandomize=True)
@given(EDITS, st.sampled_from([None, 1, 1, 0, 2]), st.booleans())
def test_whatever_is_edited_is_refused_whole_or_makes_one_revision(edits: Any, base: int | None, large: bool) -> None:
    value: Any = dict(largest() if large else small(), revision=1)
    before = cbor.encode(value)
    try:
        status, changed = config_edit.decide(value, base, edits)
    except config.ConfigError:
        assert base in (None, 1)
    else:
        assert (status == CONFLICT) == (changed is None) == (base not in (None, 1))
        if changed is not None:
            assert changed["revision"] == 2
            assert changed["code_salt"] == value["code_salt"]
            checked(changed)
    assert cbor.encode(value) == before


@settings(max_examples=100, deadline=None, derandomize=True)
@given(GOOD_EDITS)
def test_an_accepted_change_tells_the_cloud_no_secret_and_leaves_both_sides_equal(edits: Any) -> None:
    try:
        changed = config_edit.decide(small(), 0, edits)[1]
        assert changed is not None
        config.check(changed)
    except config.ConfigError:
        return
    redacted = config_edit.redact(changed)
    encoded = cbor.encode(redacted)
    for user in changed.get("users", []):
        assert all(user[name] not in encoded for name in ("hash", "duress") if name in user)
    assert "sim_pin" not in redacted
    secret = {"hash", "duress", "tags", "key", "sim_pin"}
    if not any(secret & set(fields or ()) for _, _, fields in edits):
        there = config_edit.decide(config_edit.redact(small()), 0, edits)[1]
        assert there == redacted
        assert config_edit.digest(there) == config_edit.digest(redacted)
