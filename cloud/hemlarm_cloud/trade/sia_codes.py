"""Contact ID and the two-letter SIA codes of DC-03 that say the same. Pure data.

SIA has no code for each Contact ID code; the nearest is chosen, so that a receiver does the right thing: what a code is
about never changes, what it is in detail may.
"""

from hemlarm_protocol.contact_id import NEW, RESTORE, split

_CODES = {
    110: "FA FR", 111: "FA FR", 114: "KA KR", 115: "FA FR", 118: "FS FV",
    120: "HA HR", 121: "HA HR", 122: "HA HR", 123: "PA PR", 124: "HA HR", 125: "HA HR",
    130: "BA BR", 131: "BA BR", 132: "BA BR", 133: "BA BR", 134: "BA BR", 139: "BV BR",
    137: "TA TR", 144: "TA TR", 145: "TA TR", 383: "TA TR",
    147: "UT UJ", 151: "GA GR", 154: "WA WR", 158: "KT KJ", 159: "ZA ZR", 162: "GA GR",
    301: "AT AR", 302: "YT YR", 305: "RR RR", 306: "YG YG", 307: "YX YZ", 308: "YX YZ", 309: "YT YR",
    311: "YM YR", 312: "YP YQ", 344: "XQ XH", 350: "YC YK", 351: "LT LR", 352: "LT LR", 354: "YC YK",
    373: "FT FJ", 374: "EA BR", 377: "BT BJ", 380: "UT UJ", 381: "UT UJ", 384: "XT XR",
    401: "OP CL", 403: "OA CA", 406: "BC BC", 413: "RS RS", 414: "RU RU", 422: "DO DC", 432: "DT DR", 441: "OP CL",
    456: "OP CL", 461: "JA JA", 570: "UB UU", 601: "RX RX", 602: "RP RP", 607: "TS TE", 624: "JO JO", 627: "LB LB",
    628: "LX LX",
}  # fmt: skip
"""Of a new event or disarming, and of its restore or arming."""

_HUNDREDS = {1: "UA UR", 3: "UT UJ"}
"""What an unlisted code of these hundreds is: an alarm or trouble of an untyped zone."""

_STATUS = "YY"
"""A status report, which is what every other code is."""


def sia_code(qcode: int) -> str:
    """Return the SIA code that comes nearest to a Contact ID code with its qualifier; 1130 gives "BA", 3130 "BR"."""
    qualifier, code = split(qcode)
    both = _CODES.get(code) or _HUNDREDS.get(code // 100)
    if both is None or qualifier not in (NEW, RESTORE):
        return _STATUS
    new, restore = both.split()
    return new if qualifier == NEW else restore


def is_restore(qcode: int) -> bool:
    """Whether this says that an alarm or a fault has ended, and is no arming or other event of its own."""
    qualifier, code = split(qcode)
    return qualifier == RESTORE and (code < 400 or code in (432, 570))
