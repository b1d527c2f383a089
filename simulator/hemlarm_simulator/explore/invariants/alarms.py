"""No alarm condition without its event, and no alarm event without a condition."""

from hemlarm_protocol import contact_id, messages
from hemlarm_simulator.explore.account import Journalled
from hemlarm_simulator.explore.arming_account import ARMED, Guarding
from hemlarm_simulator.explore.incidents import INTRUSION_CODES
from hemlarm_simulator.explore.invariants.base import Ending, Invariant
from hemlarm_simulator.explore.scene import Incident, Scene

Told = tuple[Journalled, "messages.Event"]

LATE_MS = 600_000
"""An alarm may follow its cause so late, and by as long as the panel was in trouble: the longest entry delay is five
minutes, a radio sensor repeats itself every four."""

SETTLED_MS = 90_000
"""An area guards surely when nobody has armed or disarmed it for so long, and the panel was not in trouble."""

SENSED_MS = 3_000
"""A contact that stays open so long, while the panel runs untroubled, was noticed."""

BEFORE_MS = 60_000
"""Trouble so long before somebody moved may still hide from them what the panel guards."""

AT_ONCE_MS = 1_000
"""Filters make a contact's opening count so much later, at most."""

FORGOT = 1137
WRONG_CODES = 1461
WALK_BEGINS, WALK_ENDS = 1607, 3607
_WATER, _RADIO_TAMPER = 154, 383


def is_alarm(qcode: int) -> bool:
    """Whether somebody would be sent, or a siren sounds, for this event."""
    qualifier, code = contact_id.split(qcode)
    if qualifier != contact_id.NEW or code == 118:
        return False
    return contact_id.urgency(qcode) <= contact_id.TAMPER or code == _WATER


class NoFalseAlarm(Invariant):
    """Every alarm has something in the house that explains it."""

    name = "no-false-alarm"

    def end(self, ending: Ending) -> None:
        """Looks for an explanation of each alarm."""
        for record, event in self.account.events():
            if is_alarm(event.qcode) and not self._explained(ending.scene, record, event):
                self.complain(
                    f"event {record.number}: alarm {event.qcode} of zone {event.zone} at {record.written_ms} ms, "
                    "and nothing in the house explains it"
                )

    def _explained(self, scene: Scene, record: Journalled, event: "messages.Event") -> bool:
        at_ms = record.written_ms
        if event.qcode == FORGOT and event.zone == 0:
            return any(when <= at_ms for when in self.account.forgotten_ms)
        if event.qcode == WRONG_CODES:
            return any(i.what == "wrong codes" and i.start_ms <= at_ms for i in scene.incidents) or (
                self.account.troubled(at_ms - LATE_MS, at_ms)
            )
        code = contact_id.split(event.qcode)[1]
        if any(self._may_tell(incident, code, event.zone, at_ms) for incident in scene.incidents):
            return True
        return code in INTRUSION_CODES and self._misled(scene, event.zone, at_ms)

    def _may_tell(self, incident: Incident, code: int, zone: int, at_ms: int) -> bool:
        if code not in incident.codes or incident.zone not in (None, zone) or at_ms < incident.start_ms:
            return False
        end_ms = at_ms if incident.end_ms is None else incident.end_ms
        return at_ms <= end_ms + LATE_MS + self.account.trouble_ms(end_ms, at_ms)

    def _misled(self, scene: Scene, zone: int, at_ms: int) -> bool:
        """Whether somebody who lives there moved while they could not know what the panel guards.

        Trouble may have hidden it, or it was armed in the moment in which they moved. And where the entry is bypassed,
        whoever comes home is a burglar to the panel.
        """
        acted = [act.at_ms for act in scene.acts if act.zone == zone and act.at_ms <= at_ms]
        recent = [when for when in acted if at_ms <= when + LATE_MS + self.account.trouble_ms(when, at_ms)]
        entries = {sensor.zone for sensor in scene.house.sensors if sensor.type == "entry"}
        if recent and entries & guarding_at(self.account.events(), at_ms).bypassed:
            return True
        armed = [record.written_ms for record, event in self.account.events() if event.qcode in ARMED]
        if any(when <= armed_ms <= when + AT_ONCE_MS for when in recent for armed_ms in armed):
            return True
        return any(self.account.troubled(when - BEFORE_MS, at_ms) for when in recent)


class EveryAlarmTold(Invariant):
    """What must raise an alarm has its event, as soon as the panel has run untroubled for long enough."""

    name = "every-alarm-told"

    def end(self, ending: Ending) -> None:
        """Looks for the event of each incident that must have one."""
        told = self.account.events()
        for incident in ending.scene.incidents:
            if incident.must_ms is None:
                continue
            if incident.what == "break-in":
                self._burglary(ending.scene, incident, told)
            elif incident.what == "call":
                self._call(incident, told)
            else:
                self._lasting(ending.scene, incident, told)

    def _call(self, incident: Incident, told: list[Told]) -> None:
        """A button is pressed for a second: the panel must live in that second and the ones that follow."""
        start_ms, by_ms = incident.start_ms, incident.start_ms + (incident.must_ms or 0)
        if not self.account.troubled(start_ms - SENSED_MS, by_ms) and not _walking(told, start_ms):
            self._expect(incident, told, start_ms, by_ms)

    def _lasting(self, scene: Scene, incident: Incident, told: list[Told]) -> None:
        """What has not cleared since the last time is not told anew."""
        for other in scene.incidents:
            since_ms = incident.start_ms - LATE_MS
            if other is not incident and other.zone == incident.zone and (other.end_ms or scene.now_ms) >= since_ms:
                return
        end_ms = scene.now_ms if incident.end_ms is None else incident.end_ms
        by_ms = self._first_stretch(incident.start_ms, end_ms, incident.must_ms or 0)
        if by_ms is not None:
            self._expect(incident, told, incident.start_ms, by_ms)

    def _burglary(self, scene: Scene, incident: Incident, told: list[Told]) -> None:
        """Where the zone guards surely and its opening was surely noticed, an alarm or a disarming must follow."""
        start_ms, end_ms = incident.start_ms, incident.end_ms or scene.now_ms
        if not self._guards(scene, incident, told) or end_ms - start_ms < SENSED_MS:
            return
        if self.account.troubled(start_ms - SENSED_MS, start_ms + SENSED_MS):
            return
        by_ms = self._first_stretch(start_ms, scene.now_ms, incident.must_ms or 0)
        if by_ms is None or self._disarmed(incident, told, start_ms, by_ms):
            return
        self._expect(incident, told, start_ms, by_ms, any_zone=True)

    def _first_stretch(self, start_ms: int, end_ms: int, long_ms: int) -> int | None:
        """When, from the start, the panel has first run untroubled for so long."""
        for begun_ms, ended_ms in self.account.quiet_stretches(start_ms, end_ms):
            if ended_ms - begun_ms >= long_ms:
                return begun_ms + long_ms
        return None

    def _guards(self, scene: Scene, incident: Incident, told: list[Told]) -> bool:
        state, changed_ms, cut_off = Guarding(), 0, False
        for record, event in told:
            if record.written_ms > incident.start_ms:
                break
            if state.after(event) and event.area == incident.area:
                changed_ms = record.written_ms
                cut_off = not record.whole
        if any(changed_ms <= when <= incident.start_ms for when in self.account.forgotten_ms):
            return False
        settled = not cut_off and incident.start_ms - changed_ms >= SETTLED_MS
        settled = settled and not self.account.troubled(incident.start_ms - SETTLED_MS, incident.start_ms)
        sensor = next(sensor for sensor in scene.house.sensors if sensor.zone == incident.zone)
        mode = state.modes.get(incident.area, 0)
        home, night = sensor.home, bool(sensor.fields.get("night", sensor.home))
        in_force = (False, True, home, night)[mode]
        return settled and in_force and sensor.zone not in state.bypassed and not self._already(told, incident)

    def _already(self, told: list[Told], incident: Incident) -> bool:
        """Whether an alarm of the area may still run, in which nothing is told twice."""
        since_ms = incident.start_ms - 2 * LATE_MS
        return any(
            since_ms <= record.written_ms < incident.start_ms and (is_alarm(event.qcode) or event.qcode == 6134)
            for record, event in told
        )

    def _disarmed(self, incident: Incident, told: list[Told], start_ms: int, by_ms: int) -> bool:
        forgot = any(start_ms <= when <= by_ms for when in self.account.forgotten_ms)
        return forgot or any(
            start_ms <= record.written_ms <= by_ms and event.qcode == 1401 and event.area == incident.area
            for record, event in told
        )

    def _expect(self, incident: Incident, told: list[Told], start_ms: int, by_ms: int, any_zone: bool = False) -> None:
        for record, event in told:
            fits = contact_id.split(event.qcode)[1] in incident.codes and is_alarm(event.qcode)
            if fits and (any_zone or event.zone == incident.zone) and start_ms <= record.written_ms <= by_ms + 1:
                return
        self.complain(
            f"{incident.what} at zone {incident.zone} at {start_ms} ms: no event of {incident.codes} by {by_ms} ms"
        )


class SirenHasEvent(Invariant):
    """No siren sounds without an alarm that is journalled."""

    name = "siren-has-event"

    def end(self, ending: Ending) -> None:
        """Compares what was shown with what was told."""
        told = ending.scene.account.events()
        alarms = [record.written_ms for record, event in told if is_alarm(event.qcode)]
        for shown in self.account.shown:
            if shown.output == "siren" and shown.value != "off":
                since_ms = shown.at_ms - LATE_MS - self.account.trouble_ms(0, shown.at_ms)
                if not any(since_ms <= at_ms <= shown.at_ms for at_ms in alarms):
                    self.complain(f"the siren sounded {shown.value} at {shown.at_ms} ms, and no alarm was journalled")


def guarding_at(told: list[Told], at_ms: int) -> Guarding:
    """What was armed and bypassed then, by the events before."""
    state = Guarding()
    for record, event in told:
        if record.written_ms >= at_ms:
            break
        state.after(event)
    return state


def _walking(told: list[Told], at_ms: int) -> bool:
    """Whether a walk test may run, in which only fire is told."""
    walks = [e.qcode == WALK_BEGINS for r, e in told if e.qcode in (WALK_BEGINS, WALK_ENDS) and r.written_ms <= at_ms]
    return bool(walks) and walks[-1]
