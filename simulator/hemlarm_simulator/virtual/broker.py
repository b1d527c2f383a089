"""A stand-in for the broker in virtual time: sessions, topics, QoS 0 and 1 from clients, QoS 0 to them, keep-alive.

It is no broker of its own ambition: whatever a real one decides about queues, retained messages or wills is tried
against the real ones. It admits each panel by the connection it came on, as TLS certificates do there, once on each of
its paths. The ingest is a client with a clean session and QoS 0, as `BrokerClient` is: what is said while it is away is
said to nobody.
"""

from collections.abc import Callable, Mapping
from functools import partial

from hemlarm_protocol import path_names, topics
from hemlarm_simulator.clock import Clock, Timer
from hemlarm_simulator.virtual import mqtt_packets as mqtt
from hemlarm_simulator.virtual.disturbance import Disturbance

_ACCEPTED = 0
_NOT_AUTHORISED = 5
_REFUSED_SUBSCRIPTION = 0x80
_PROTOCOL_LEVEL = 4

Write = Callable[[bytes], None]
Published = Callable[[str, bytes], None]


class Session:
    """One client's connection. `write` sends bytes to it, `hang_up` closes it."""

    def __init__(
        self, broker: "StandInBroker", panel: str, clock: Clock, write: Write, hang_up: Callable[[], None]
    ) -> None:
        self.panel = panel
        self.client_id = ""
        self.filters: set[str] = set()
        self._broker = broker
        self._clock = clock
        self._write = write
        self._hang_up = hang_up
        self._reader = mqtt.PacketReader()
        self._connected = False
        self._over = False
        self._keep_alive_ms = 0
        self._silence: Timer | None = None

    def received(self, data: bytes) -> None:
        """Takes bytes from the client."""
        try:
            for packet in self._reader.feed(data):
                self._serve(packet)
        except mqtt.MqttError:
            self.end()

    def deliver(self, topic: str, payload: bytes) -> None:
        """Sends a message if the client has subscribed to its topic."""
        if not self._over and self.hears(topic):
            self._write(mqtt.publish(topic, payload))

    def hears(self, topic: str) -> bool:
        """Whether the client has subscribed to that topic."""
        return topic in self.filters

    def end(self) -> None:
        """Closes the connection from the broker's side."""
        self.gone()
        self._hang_up()

    def gone(self) -> None:
        """The connection is closed already: forgets the session."""
        self._over = True
        if self._silence is not None:
            self._silence.cancel()
        self._broker.forget(self)

    def _serve(self, packet: mqtt.Packet) -> None:
        if self._connected == (packet.kind == mqtt.CONNECT):
            raise mqtt.MqttError("CONNECT is not first, or not only once")
        fields = mqtt.Fields(packet.body)
        if packet.kind == mqtt.CONNECT:
            self._connect(fields)
        elif packet.kind == mqtt.PUBLISH:
            self._publish(packet.flags, fields)
        elif packet.kind == mqtt.SUBSCRIBE:
            self._subscribe(fields)
        elif packet.kind == mqtt.PINGREQ:
            self._write(mqtt.packet(mqtt.PINGRESP, b""))
        elif packet.kind == mqtt.DISCONNECT:
            self.end()
            return
        else:
            raise mqtt.MqttError(f"a packet of type {packet.kind}")
        self._heard()

    def _connect(self, fields: mqtt.Fields) -> None:
        if fields.text() != "MQTT" or fields.uint(1) != _PROTOCOL_LEVEL:
            raise mqtt.MqttError("not MQTT 3.1.1")
        fields.uint(1)
        self._keep_alive_ms = 1000 * fields.uint(2)
        client_id = fields.text()
        if client_id not in _client_ids(self.panel):
            self._write(mqtt.packet(mqtt.CONNACK, bytes([0, _NOT_AUTHORISED])))
            raise mqtt.MqttError(f"client id {client_id} on the connection of {self.panel}")
        self.client_id = client_id
        self._broker.take_over(self)
        self._connected = True
        self._write(mqtt.packet(mqtt.CONNACK, bytes([0, _ACCEPTED])))

    def _publish(self, flags: int, fields: mqtt.Fields) -> None:
        topic = fields.text()
        quality = flags >> 1 & 3
        number = fields.take(2) if quality else b""
        if topic != topics.up(self.panel):
            raise mqtt.MqttError(f"{self.panel} may not publish on {topic}")
        self._broker.arrived(topic, fields.rest())
        if quality:
            self._write(mqtt.packet(mqtt.PUBACK, number))

    def _subscribe(self, fields: mqtt.Fields) -> None:
        answer = fields.take(2)
        while fields:
            topic = fields.text()
            fields.uint(1)
            allowed = topic == topics.down(self.panel)
            if allowed:
                self.filters.add(topic)
            answer += bytes([0 if allowed else _REFUSED_SUBSCRIPTION])
        self._write(mqtt.packet(mqtt.SUBACK, answer))

    def _heard(self) -> None:
        """MQTT 3.1.1 section 3.1.2.10: a client silent for one and a half times its keep-alive is cut off."""
        if self._silence is not None:
            self._silence.cancel()
        if self._keep_alive_ms:
            self._silence = self._clock.call_in(self._keep_alive_ms * 3 // 2, self.end)


class StandInBroker:
    """All sessions. `published` is told of each message from a panel, topic and payload, while the ingest listens.

    `disturbances` has what happens to messages in each direction, "up" and "down".
    """

    def __init__(
        self, clock: Clock, published: Published, disturbances: Mapping[str, Disturbance] | None = None
    ) -> None:
        self.published = published
        self._clock = clock
        self._disturbances = disturbances or {}
        self._sessions: list[Session] = []
        self._back_ms = 0
        self._subscription: object | None = object()

    @property
    def up(self) -> bool:
        """Whether it runs."""
        return self._clock.now_ms >= self._back_ms

    @property
    def heard(self) -> bool:
        """Whether the ingest is connected, and hears what panels say."""
        return self._subscription is not None

    def wipe(self, down_ms: int) -> None:
        """Forgets all it knows, and refuses connections for so long; the ingest's session ends too."""
        self._back_ms = max(self._back_ms, self._clock.now_ms + down_ms)
        self._subscription = None
        for session in list(self._sessions):
            session.end()

    def listen(self, listening: bool) -> None:
        """The ingest subscribes to all that panels say, or its connection ends."""
        self._subscription = object() if listening else None

    def accept(self, panel: str, write: Write, hang_up: Callable[[], None]) -> Session:
        """A connection that was proven to be this panel's."""
        session = Session(self, panel, self._clock, write, hang_up)
        self._sessions.append(session)
        return session

    def arrived(self, topic: str, payload: bytes) -> None:
        """A message from a panel, for the ingest."""
        subscription = self._subscription

        def deliver(message: bytes) -> None:
            if self._subscription is subscription:
                self.published(topic, message)

        if subscription is not None:
            self._disturbed("up", payload, deliver)

    def publish(self, topic: str, payload: bytes) -> None:
        """Sends a message from the ingest to whoever has subscribed to it."""
        if self._subscription is None:
            return
        for session in list(self._sessions):
            if session.hears(topic):
                self._disturbed("down", payload, partial(session.deliver, topic))

    def take_over(self, session: Session) -> None:
        """Ends the older sessions of the same client, as MQTT 3.1.1 section 3.1.4 wants it."""
        for other in list(self._sessions):
            if other is not session and other.client_id == session.client_id:
                other.end()

    def forget(self, session: Session) -> None:
        """The session is over."""
        if session in self._sessions:
            self._sessions.remove(session)

    def _disturbed(self, direction: str, payload: bytes, deliver: Callable[[bytes], None]) -> None:
        disturbance = self._disturbances.get(direction)
        if disturbance is None:
            deliver(payload)
        else:
            disturbance.pass_on(payload, deliver)


def _client_ids(panel: str) -> tuple[str, str]:
    """What a panel may call itself, on each of its two paths."""
    return (path_names.client_id(panel, path_names.IP), path_names.client_id(panel, path_names.MOBILE))
