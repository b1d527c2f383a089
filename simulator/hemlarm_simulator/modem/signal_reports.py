"""How the modem tells what it receives: the scales of 3GPP TS 27.007 and of the makers' own commands."""

from hemlarm_simulator.modem.cell import MobileCell
from hemlarm_simulator.modem.registration import Registration

_UNKNOWN_RSSI, _UNKNOWN = 99, 255

_RSRP_BELOW_RSSI_DB = 24
"""A reference signal's share of the power of 10 MHz with half its load: our choice for a plausible pair."""

_RSRQ_DB = -10
_SINR_DB = 12
"""Plausible for any usable cell; nothing depends on them."""


def csq(cell: MobileCell) -> int:
    """`AT+CSQ`: 0 for -113 dBm to 31 for -51 dBm, 99 unknown."""
    dbm = cell.received_dbm
    return _UNKNOWN_RSSI if dbm is None else max(0, min(31, (dbm + 113) // 2))


def cesq(cell: MobileCell, registration: Registration) -> str:
    """`AT+CESQ`: rxlev and ber of GSM, rscp and ecno of UMTS, rsrq and rsrp of LTE; unknown where it does not apply."""
    rxlev, rscp, ecno, rsrq, rsrp = _UNKNOWN_RSSI, _UNKNOWN, _UNKNOWN, _UNKNOWN, _UNKNOWN
    dbm = cell.received_dbm
    if dbm is not None and registration.technology == "LTE":
        rsrq, rsrp = 2 * _RSRQ_DB + 40, max(0, min(97, dbm - _RSRP_BELOW_RSSI_DB + 141))
    elif dbm is not None and registration.technology == "UMTS":
        rscp, ecno = max(0, min(96, dbm - 6 + 121)), 30
    elif dbm is not None:
        rxlev = max(0, min(63, dbm + 111))
    return f"{rxlev},99,{rscp},{ecno},{rsrq},{rsrp}"


def qcsq(cell: MobileCell, registration: Registration) -> str:
    """Quectel's `AT+QCSQ`: dBm and dB in plain numbers, SINR in fifths from -20 dB."""
    dbm = cell.received_dbm
    if dbm is None or not registration.registered:
        return '"NOSERVICE"'
    if registration.technology == "LTE":
        return f'"LTE",{dbm},{dbm - _RSRP_BELOW_RSSI_DB},{5 * (_SINR_DB + 20)},{_RSRQ_DB}'
    if registration.technology == "UMTS":
        return f'"WCDMA",{dbm},{dbm - 6},-9'
    return f'"GSM",{dbm}'


def cpsi(cell: MobileCell, registration: Registration) -> str:
    """SIMCom's `AT+CPSI`: the serving cell; RSRQ, RSRP and RSSI in tenths."""
    dbm = cell.received_dbm
    if dbm is None or not registration.registered:
        return "NO SERVICE,Online"
    operator = f"{cell.operator_code[:3]}-{cell.operator_code[3:]}"
    if registration.technology == "LTE":
        power = f"{10 * _RSRQ_DB},{10 * (dbm - _RSRP_BELOW_RSSI_DB)},{10 * dbm},{_SINR_DB}"
        return f"LTE,Online,{operator},0x{cell.area:04X},{cell.cell_id},123,EUTRAN-BAND3,1300,5,5,{power}"
    return f"GSM,Online,{operator},0x{cell.area:04x},{cell.cell_id & 0xFFFF},27 EGSM 900,{dbm},0,40-40"
