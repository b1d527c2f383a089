"""Brings a modem from no power to a network that carries data and messages, and keeps it there.

The way up is a chain of stages, each of which first asks whether all is well already. So whatever happens, the chain is
gone through again from its beginning, which takes a moment where nothing is wrong. A stage that is not reached in time
calls for the next rung of the ladder: close, detach, reset, cut the power. What no ladder helps against (no coverage, a
network that denies the card) is waited for with ever longer limits, while registration is looked at all the time.
"""

import asyncio

from hemlarm_firmware.modem import power, sms
from hemlarm_firmware.modem.air import Air
from hemlarm_firmware.modem.at import TIMEOUT_MS, AtChannel, AtError, ModemSilentError, number
from hemlarm_firmware.modem.jamming import SLOT_MS, Jamming
from hemlarm_firmware.modem.sim import Sim
from hemlarm_firmware.modem.socket import ModemSocket, Sockets
from hemlarm_firmware.waiting import Pause
from hemlarm_protocol.constant import const

SIGNAL_UNKNOWN = const(255)

_SIGNAL_MS = const(60_000)
_CHECKS = const(10)  # The whole chain is gone through after so many looks at the signal, should a line have been lost.
_BURST_MS = const(500)  # Lines that tell of a change come in bursts, and of a faulty modem without end.
_NETWORK_MS = const(150_000)  # The longest that a modem waits for an address, as the manuals have it.
_SLOW_MS = const(60_000)  # For other commands that wait for the network or the SIM card.
_CLOSE_MS = const(1_000)  # A SIMCom closes after it has said OK.
_SOCKET_TRIES = const(5)
_SOCKET_MS = const(150_000)

_CLOSE, _DETACH, _RESET, _CUT = 0, 1, 2, 3

_DATA = (1, 5, 9, 10)  # Registered at home, roaming, and the same with data preferred.
_SMS_ONLY = (6, 7)
_SLOW = ["+CGA", "+QID", "+NET", "+CMG"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from hemlarm_firmware.board import Modem
    from hemlarm_firmware.clock import Clock


class Driver:
    """`settings` has "apn" and "pin", both "" where there is none. `told(kind, *values)` is called with what happens:

    ("data", bool) and ("texting", bool): `ready_for_data` or `ready_for_sms` has changed; ("jammed", bool);
    ("restarted",): the modem restarted, by itself or told to; and what `modem/sms.py` tells of messages.
    """

    def __init__(
        self,
        modem: "Modem",
        settings: "dict[str, str]",
        clock: "Clock",
        random: "Callable[[int], bytes]",
        told: "Callable[..., object]",
    ) -> None:
        self.at = AtChannel(modem, clock, self._on_silence)
        self.air = Air()
        self.profile: Any = None  # `quectel` or `simcom`.
        self.ready_for_data = self.ready_for_sms = False
        self.trouble = ""
        """Why the ladder was climbed last, "" while all is well."""
        self._apn = settings["apn"]
        self._clock = clock
        self._random = random
        self._told = told
        self._pause = Pause()
        self._power = power.Power(modem, self.at, clock)
        self._sim = Sim(self.at, settings["pin"])
        sms.Inbox(self.at, told)
        self._sockets: Sockets | None = None
        self._jamming = Jamming(told)
        self._registration = self._technology = 0
        self._signal = SIGNAL_UNKNOWN
        self._awake = self._set_up = False
        self._restarted = self._news = False
        self._bursts = 0  # Of news, since there was a quiet minute.
        self._failures = 0  # Since all was well: the next rung of the ladder.
        self._stage, self._stuck_ms = -1, 0  # The stage that is not reached, and since when.
        self._lost_sockets = self._first_lost_ms = 0
        for start in ("RDY", "*ATREADY", "NORMAL POWER DOWN", "POWERED DOWN"):
            self.at.subscribe(start, self._on_restart)
        for start in ("+CEREG:", "+CGREG:", "+CREG:", "+CPIN:"):
            self.at.subscribe(start, self._on_news)
        self.at.subscribe("+QJDR:", self._jamming.heard)

    def status(self) -> "tuple[int, int, int, int]":
        """Return registration, technology, signal and the SIM card's problem.

        As in +CEREG; 0 not known, 1 GSM, 2 UMTS, 3 LTE; -dBm, or SIGNAL_UNKNOWN; as in `sim.py`.
        """
        return self._registration, self._technology, self._signal, self._sim.problem

    def configure(self, settings: "dict[str, str]") -> None:
        """Take other settings. A changed PIN may be tried, whatever the card thinks of the last one."""
        self._sim.change(settings["pin"])
        if settings["apn"] != self._apn:
            self._apn, self._set_up = settings["apn"], False
        self._on_news()

    async def connect(self, host: str, port: int) -> "ModemSocket":
        """Return a new TCP connection through the modem. Raises OSError."""
        if not self.ready_for_data or self._sockets is None:
            raise OSError("the mobile network carries no data now")
        try:
            socket = await self._sockets.connect(host, port)
        except OSError:
            if not self._lost_sockets:
                self._first_lost_ms = self._clock.uptime_ms()
            self._lost_sockets += 1
            self._pause.end()  # Perhaps the modem has restarted, and nothing was heard of it.
            raise
        self._lost_sockets = self._failures = 0
        return socket

    async def send_sms(self, to: str, octets: bytes) -> int:
        """Send up to 140 octets to the number `to`; return the reference of its status report. Raises OSError."""
        if not self.ready_for_sms:
            raise OSError("the mobile network takes no messages now")
        self.air.exchange(self._clock.uptime_ms())
        reference = await sms.send(self.at, to, octets)
        self.air.texted(self._clock.uptime_ms())
        return reference

    async def run(self) -> None:
        """Keep the modem working, for ever; to be called once."""
        reader = asyncio.create_task(self.at.run())
        try:
            while True:
                try:
                    if reader.done():
                        ended, reader = reader, asyncio.create_task(self.at.run())
                        await ended  # For the error that it ended with.
                    await self._go_up()
                    await self._rest(_BURST_MS << min(self._bursts // 8, 5))
                    self._bursts += 1
                except (OSError, MemoryError) as failure:
                    await self._climb(failure)
        finally:
            reader.cancel()

    async def _go_up(self) -> None:
        """Go through the stages, and stay while all is well. Raises OSError where one of them is not reached."""
        self._news = self._restarted = False
        for stage in range(len(_STAGES)):
            if not await self._reach(stage):
                return
        await self._serve()

    async def _reach(self, stage: int) -> bool:
        """Go through a stage; return False where something has changed, so that the chain is to be begun again.

        Raises OSError where the time for it is over.
        """
        step, limit_ms, pause_ms, _, lacking = _STAGES[stage]
        while not self._restarted:
            try:
                reached = await step(self)
            except AtError:
                reached = False
            if reached:
                return True
            now_ms = self._clock.uptime_ms()
            if reached is None or self._stage != stage:
                self._stage, self._stuck_ms = stage, now_ms
            stuck_ms = now_ms - self._stuck_ms
            if stuck_ms >= limit_ms << min(max(self._failures - _CUT, 0), 4):
                raise OSError(lacking)
            await self._look_at_signal()
            if not self._news:
                await self._pause.wait(_SIGNAL_MS if reached is None else pause_ms or max(SLOT_MS, stuck_ms // 8))
            if self._news:
                break
        return False

    async def _serve(self) -> None:
        """All is well. Return when something has changed, or for a check; raises OSError where it is not well."""
        self._stage, self.trouble = -1, ""
        self._tell_ready(True, True)
        if not self._lost_sockets:
            self._failures = 0
        for _ in range(_CHECKS):
            await self._look_at_signal()
            if self.at.echoes:
                self._on_restart("")
            lost_for_ms = self._clock.uptime_ms() - self._first_lost_ms
            if self._lost_sockets >= _SOCKET_TRIES and lost_for_ms >= _SOCKET_MS << min(self._failures, 6):
                raise OSError("connections through the modem fail")
            if not self._news:
                await self._pause.wait(_SIGNAL_MS)
            if self._news:
                return
            self._bursts = 0

    async def _climb(self, failure: Exception) -> None:
        """Do what the next rung of the ladder says."""
        if self._restarted:
            return
        self.trouble = str(failure)
        dead, silent = self._stage == 0, isinstance(failure, (ModemSilentError, MemoryError))
        rung = max(self._failures, _STAGES[self._stage][3] if dead or (self._stage > 0 and not silent) else _CLOSE)
        self._failures += 1
        self._stage = -1
        if self._lost_sockets:  # Not before one succeeds is all well again.
            self._lost_sockets, self._first_lost_ms = 1, self._clock.uptime_ms()
        try:
            if rung == _CLOSE and silent:
                pass  # The modem is asked first whether it answers.
            elif rung == _CLOSE:
                await self._close()
            elif rung == _DETACH:
                await self._say(["AT+CGATT=0", "AT+CGATT=1"])
            elif rung == _RESET:
                await self._say(["AT+CFUN=1,1"])
        except OSError:
            pass  # The chain will find out.
        if rung >= _RESET:
            self._forget("was restarted")
            self._power.state = power.STARTING
        if rung >= _CUT:
            # Ever longer for a dead modem; and not at the same moment in all the houses of a town.
            off_ms = power.OFF_MS << (min(self._failures // 4, 7) if dead else 0)
            await self._power.cut(off_ms + self._random(1)[0] * 40)

    async def _wake(self) -> bool:
        """Stage: the modem answers, without echo and with numbers for errors, and its family is known."""
        if self._awake and self.profile is not None:
            return True
        if not await self._power.wake():
            self._stage = 0
            raise ModemSilentError("the modem does not answer")
        if self.at.echoes:
            self._forget("was restarted")  # Which it was, if it ever was set up: nobody else puts its echo on.
        self._awake = True
        await self._say(["ATE0", "AT+CMEE=1"])
        self.at.echoes = False
        return self.profile is not None or self._knows("".join(await self.at.command("ATI")))

    def _knows(self, identity: str) -> bool:
        """Find the profile for what the modem says that it is."""
        if "Quectel" in identity:
            from hemlarm_firmware.modem import quectel as profile
        elif "INCORPORATED" in identity:  # With or without SIMCOM before it.
            from hemlarm_firmware.modem import simcom as profile  # type: ignore[no-redef]
        else:
            return False
        self.profile = profile
        self._sockets = Sockets(self.at, profile, self._clock, self.air)
        for start in profile.CONTEXT_NEWS:
            self.at.subscribe(start, self._on_news)
        return True

    async def _unlock(self) -> "bool | None":
        """Stage: the SIM card is ready."""
        ready = await self._sim.ready(self.profile)
        if self._sim.problem:
            self._registration = 0
            self._tell_ready(False, False)
        return ready

    async def _prepare(self) -> bool:
        """Stage: nothing is left of an earlier life of the panel, and the modem tells what we want to know."""
        if not self._set_up:
            profile = self.profile
            await self._close()
            await self._say(["AT+CEREG=1;+CGREG=1;+CREG=1"] + profile.SETUP + sms.SETUP)
            self._jamming.watched = bool(profile.JAMMING) and await self._say([profile.JAMMING])
            self._set_up = not self._restarted
        return True

    async def _register(self) -> "bool | None":
        """Stage: the network knows us. None: it takes messages only, which nothing of ours can change."""
        best = 0
        for name in ("+CEREG", "+CGREG", "+CREG"):
            state = number(await self.at.command(f"AT{name}?", want=name + ":"), 1)
            if state < 0:
                return False  # Garbled: nothing is known.
            if state in _DATA and name == "+CREG":
                state = 7 if state == 5 else 6  # Known to the network of calls only.
            if state in _DATA or state in _SMS_ONLY or not best:
                best = state
            if state in _DATA:
                break
        data, texting = best in _DATA, best in _DATA or best in _SMS_ONLY
        self._registration = best
        self._tell_ready(self.ready_for_data and data, texting)
        if texting:
            access = number(await self.at.command("AT+COPS?", want="+COPS:"), 3)
            self._technology = 3 if access == 7 else 2 if access in (2, 4, 5, 6) else 1
        return True if data else None if texting else False

    async def _attach(self) -> bool:
        """Stage: the network's packet service knows us too."""
        attached = number(await self.at.command("AT+CGATT?", want="+CGATT:"), 0)
        if attached == 0:
            self._tell_ready(False, self.ready_for_sms)
            await self.at.command("AT+CGATT=1", _SLOW_MS)
        return attached == 1

    async def _open_context(self) -> bool:
        """Stage: the modem has an address."""
        profile = self.profile
        nothing = profile.CONTEXT_UP[:0]
        for commands in (nothing, profile.CONTEXT_UP, nothing):  # Asked twice first, should a line be garbled.
            for line in await self.at.command(profile.CONTEXT, want=profile.CONTEXT_WANT):
                if line.startswith(profile.CONTEXT_IS_UP):
                    return True
            for command in commands:
                self._lose_sockets("the network has no address for it")
                self.air.exchange(self._clock.uptime_ms())
                await self.at.command(command.format(self._apn), _NETWORK_MS)
        return False

    async def _look_at_signal(self) -> None:
        try:
            level = number(await self.at.command("AT+CSQ", want="+CSQ:"), 0)
        except AtError:
            return
        self._signal = 113 - 2 * level if 0 <= level <= 31 else SIGNAL_UNKNOWN
        if not self._sim.problem:
            self._jamming.look(self._registration, -self._signal, self._clock.uptime_ms())

    async def _close(self) -> None:
        """Give the address back, and with it all connections."""
        self._lose_sockets("it was closed")
        if await self._say([self.profile.CONTEXT_DOWN]):
            await self._rest(_CLOSE_MS)

    async def _say(self, commands: "list[str]") -> bool:
        """Give commands that the modem may refuse; return whether it took all."""
        took = True
        for command in commands:
            try:
                await self.at.command(command, _SLOW_MS if command[2:6] in _SLOW else TIMEOUT_MS)
            except AtError:
                took = False
        return took

    async def _rest(self, ms: int) -> None:
        """Wait for exactly that long, whatever happens."""
        until_ms = self._clock.uptime_ms() + ms
        while ms > 0:
            await self._pause.wait(ms)
            ms = until_ms - self._clock.uptime_ms()

    def _forget(self, why: str) -> None:
        """The modem starts anew, and with it everything that was brought up in it."""
        self.at.fail(why)
        if self._awake or self._set_up:
            self._told("restarted")
        self._awake = self._set_up = False
        self._registration = 0
        self._jamming.restarted()
        self._tell_ready(False, False)
        self._lose_sockets("it restarted")

    def _lose_sockets(self, why: str) -> None:
        self._tell_ready(False, self.ready_for_sms)
        if self._sockets is not None:
            self._sockets.lost(why)

    def _on_restart(self, line: str) -> None:
        if self._awake or self._set_up:
            self._restarted = True
            self._forget("restarted")
            # What is switching off must be off before its key is pressed.
            self._power.state = power.UNKNOWN if "POWER" in line else power.STARTING
            self._on_news()

    def _on_silence(self) -> None:
        self._awake = False  # It may have been one garbled line: ask first.
        self._on_news()

    def _on_news(self, _line: str = "") -> None:
        self._news = True
        self._pause.end()

    def _tell_ready(self, data: bool, texting: bool) -> None:
        if data != self.ready_for_data:
            self.ready_for_data = data
            self._told("data", data)
        if texting != self.ready_for_sms:
            self.ready_for_sms = texting
            self._told("texting", texting)


# What to do, how long it may take, how often to look (0: ever more seldom), where the ladder begins, what is lacking.
_STAGES = [
    (Driver._wake, 20_000, 2_000, _CUT, "the modem is of no make that is known here"),
    (Driver._unlock, 20_000, 2_000, _RESET, "the modem finds no SIM card"),
    (Driver._prepare, 0, 0, _CLOSE, ""),
    (Driver._register, 90_000, SLOT_MS, _DETACH, "the modem finds no network"),
    (Driver._attach, 60_000, 0, _DETACH, "the network gives no packet service"),
    (Driver._open_context, _NETWORK_MS, 0, _CLOSE, "the network gives no address"),
]
