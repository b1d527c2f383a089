"""What Quectel's modems (EG915, EC2x) want said otherwise than SIMCom's. `simcom.py` has the same names."""

SETUP = ['AT+QJDCFG="urc",1']
"""Said once the SIM is ready: jamming is to be told as it begins and ends."""

JAMMING = "AT+QJDR=1"
"""Where the modem takes this, it watches for jamming."""

TRIES = 'AT+QPINC="SC"'
TRIES_WANT = "+QPINC:"
TRIES_FIELD = 1
"""How often a PIN may still be tried."""

CONTEXT = "AT+QIACT?"
CONTEXT_WANT = "+QIACT:"
CONTEXT_IS_UP = "+QIACT: 1,1"
CONTEXT_UP = ['AT+QICSGP=1,1,"{}"', "AT+QIACT=1"]
CONTEXT_DOWN = "AT+QIDEACT=1"
CONTEXT_NEWS = ['+QIURC: "pdpdeact"']
"""What the modem says when the context comes up later than asked, or is lost."""

OPEN = 'AT+QIOPEN=1,{},"TCP","{}",{},0,0'
OPENED = "+QIOPEN: "
"""Comes some time after the OK: "socket,error", 0 for none."""

SEND = "AT+QISEND={},{}"
SENT = ""
"""Nothing comes behind SEND OK."""

ARRIVED = '+QIURC: "recv",'
READ = "AT+QIRD={},{}"
READ_WANT = "+QIRD:"
READ_FIELD = 0
"""The field of the wanted line that says how many raw bytes follow it."""

CLOSE = "AT+QICLOSE={}"
CLOSED = '+QIURC: "closed",'
