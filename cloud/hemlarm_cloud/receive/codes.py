"""What foreign codes come to in Contact ID, so that the same cases are made of them. Pure data, and a look-up.

Listed are the SIA codes (DC-03) of alarms, faults and people's doings, with the Contact ID code that comes nearest. A
code nobody knows is a general alarm: too much rather than too little.
"""

from collections.abc import Sequence

_NEW, _RESTORE = 1000, 3000

GENERAL_ALARM = 140

# An alarm or fault, and behind the stroke the code of its end.
_PAIRS = {
    "FA/FR": 110, "FB/FU": 570, "FT/FJ": 373, "FS/FV": 373, "SA/SR": 111, "KA/KR": 114, "KT/KJ": 373,
    "PA/PR": 120, "HA/HR": 122, "BA/BR": 130, "BV/": 139, "BT/BJ": 380, "BB/BU": 570,
    "TA/TR": 137, "ES/EJ": 145, "WA/WR": 154, "ZA/ZR": 159, "GA/GR": 151, "MA/MR": 100, "QA/QR": 101,
    "UA/UR": 140, "UX/": 140, "AT/AR": 301, "YT/YR": 302, "XT/XR": 384, "YM/": 311, "YP/YQ": 312, "IA/IR": 300,
    "YC/YK": 350, "YS/": 354, "LT/LR": 351, "XL/XC": 381, "XQ/XH": 344, "UT/UJ": 380, "US/": 380, "XS/XJ": 383,
    "EE/": 374, "EA/": 374, "UB/UU": 570, "YX/YZ": 308, "JA/": 461, "RB/RS": 627, "DT/DR": 432,
}  # fmt: skip

# What has no end of its own. Contact ID says "armed" with the qualifier of a restore.
_SINGLE = {
    "CL": 3401, "OP": 1401, "CA": 3403, "OA": 1403, "CG": 3441, "OG": 1441, "CF": 3401, "OC": 1406, "BC": 1406,
    "CI": 1454, "RP": 1602, "RX": 1601, "TX": 1601, "RR": 1305, "TS": 1607, "TE": 3607, "LB": 1627, "LX": 1628,
    "NL": 3441, "YG": 1306, "JO": 1624, "YY": 1602, "DO": 1422, "DC": 3422, "RU": 1414,
}  # fmt: skip

# What transmitters with codes of their own write, in Swedish and English.
_WORDS = {
    "BRAND": 110, "FIRE": 110, "RÖK": 111, "SMOKE": 111, "ÖVERFALL": 120, "HOLDUP": 120, "INBROTT": 130,
    "BURGLARY": 130, "SABOTAGE": 137, "TAMPER": 137, "VATTEN": 154, "WATER": 154, "NÄT": 301, "BATTERI": 302,
    "GAS": 151, "TEST": 602,
}  # fmt: skip


def _all_codes() -> dict[str, int]:
    found = dict(_SINGLE)
    for pair, code in _PAIRS.items():
        begins, _, ends = pair.partition("/")
        found[begins] = _NEW + code
        if ends:
            found[ends] = _RESTORE + code
    return found


SIA = _all_codes()
"""The Contact ID code with its qualifier that each SIA code comes to."""


def qcode_of(code: str, is_restore: bool = False, own: Sequence[tuple[str, int]] = ()) -> int:
    """Return what a code comes to, with its qualifier: an SIA code, three digits of Contact ID, or a word.

    `own` are codes of the transmitter's own, which go before; `is_restore` says that the telegram tells of its end.
    """
    wanted = code.strip().upper()
    known = dict(own).get(code.strip()) or SIA.get(wanted)
    if known is None:
        is_contact_id = len(wanted) == 3 and wanted.isascii() and wanted.isdigit() and wanted >= "100"
        known = _NEW + (int(wanted) if is_contact_id else _WORDS.get(wanted, GENERAL_ALARM))
    return _RESTORE + known % 1000 if is_restore else known


def is_of_user(qcode: int) -> bool:
    """Whether the number that comes with a code of Contact ID is a user's and no zone's."""
    return qcode % 1000 in _OF_USERS


_OF_USERS = frozenset((121, *range(400, 412), *range(421, 430), *range(441, 443), *range(450, 467), 574, 604, 607, 625))
