"""What SIMCom's modems (A76xx, SIM7600) want said otherwise than Quectel's; `quectel.py` has the same names."""

SETUP = ["AT+CIPRXGET=1"]
"""Said once the SIM is ready. Data that came waits in the modem until it is read."""

JAMMING = ""
"""These modems do not tell."""

TRIES = "AT+SPIC"
TRIES_WANT = "+SPIC:"
TRIES_FIELD = 0

CONTEXT = "AT+NETOPEN?"
CONTEXT_WANT = "+NETOPEN:"
CONTEXT_IS_UP = "+NETOPEN: 1"
CONTEXT_UP = ['AT+CGDCONT=1,"IP","{}"', "AT+NETOPEN"]
CONTEXT_DOWN = "AT+NETCLOSE"
CONTEXT_NEWS = ["+NETOPEN:", "+NETCLOSE:", "+CIPEVENT:"]

OPEN = 'AT+CIPOPEN={},"TCP","{}",{}'
OPENED = "+CIPOPEN: "

SEND = "AT+CIPSEND={},{}"
SENT = "+CIPSEND: "
"""Comes behind the OK: "socket,bytes wanted,bytes taken"; the last is -1 on a connection that is no more."""

ARRIVED = "+CIPRXGET: 1,"
READ = "AT+CIPRXGET=2,{},{}"
READ_WANT = "+CIPRXGET: 2,"
READ_FIELD = 2
"""Of "2,socket,bytes,bytes left", counted with the 2."""

CLOSE = "AT+CIPCLOSE={}"
CLOSED = "+IPCLOSE: "
