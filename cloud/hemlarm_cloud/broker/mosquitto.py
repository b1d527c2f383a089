"""Mosquitto as the broker: a child process with mutual TLS, and an access list that we keep up to date.

Mosquitto cannot ask us, so revocation works through its files. Every check period `allowed` is asked about each panel
that the authority ever certified; a revoked one is denied every topic, its certificates go on a revocation list, and a
signal makes Mosquitto read both. Its live connection stays open but is mute and deaf at once, and when it ends it
cannot come back. Nobody else notices. Who calls itself by another's name is shut out in the same way; see `impostors`.
"""

import logging
import os
import signal
import threading
from pathlib import Path

from hemlarm_cloud.authority import Credentials, Identity, Issued, Role
from hemlarm_cloud.broker.admission import CLOUD_HEARS, CLOUD_SPEAKS, client_ids
from hemlarm_cloud.broker.child import BrokerError, Child, find_program, free_port, require_free
from hemlarm_cloud.broker.impostors import LogTail, impostors
from hemlarm_cloud.broker.setup import MESSAGE_SIZE_MAX, START_TIMEOUT_S, BrokerLogin, BrokerSetup, Files
from hemlarm_protocol import topics

QUEUE_MAX = 20000
"""Messages that wait for a slow client before Mosquitto drops more; its default of 1,000 is a short burst."""

LOOK_S = 0.25
"""How often the log is looked at: an impostor has had a connection for so long, and its victim none."""

_ACCESS_FILE = "access.txt"
_REVOKED_FILE = "revoked.pem"

_logger = logging.getLogger(__name__)


class MosquittoBroker:
    """Mosquitto and the thread that keeps its access list. Promises are those of `Broker`."""

    def __init__(self, setup: BrokerSetup) -> None:
        """Prepare the folder; nothing is started."""
        self._setup = setup
        self._files = Files(setup.folder)
        self._program = find_program("mosquitto", setup.folder, "install the Debian package mosquitto")
        self._port = setup.port or free_port(setup.host)
        self._child: Child | None = None
        self._written: tuple[bytes, list[Issued]] | None = None
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._watch: threading.Thread | None = None
        self._tail = LogTail(self.log)
        self._impostors: set[str] = set()
        self._put_files()

    @property
    def host(self) -> str:
        """The address it listens on."""
        return self._setup.host

    @property
    def port(self) -> int:
        """The port for MQTT over TLS."""
        return self._port

    @property
    def running(self) -> bool:
        """Whether mosquitto lives."""
        return self._child is not None and self._child.running

    @property
    def log(self) -> Path:
        """The file to which mosquitto writes its log."""
        return self._setup.folder / "broker.log"

    def start(self) -> None:
        """Start mosquitto and the watch over revoked panels; return when clients can be admitted."""
        if self.running:
            return
        self._refresh()
        self._files.restore()
        require_free(self._setup.host, self._port)
        before = self.log.stat().st_size if self.log.exists() else 0
        self._child = Child([self._program, "-c", str(self._setup.folder / "mosquitto.conf")], self.log)
        try:
            self._child.wait_until(lambda: _says_running(self.log, before), START_TIMEOUT_S)
        except BrokerError:
            self.stop()
            raise
        self._start_watch()

    def stop(self) -> None:
        """End the watch and mosquitto in good order."""
        self._stopping.set()
        if self._watch is not None:
            self._watch.join()
            self._watch = None
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End mosquitto with SIGKILL; the watch goes on."""
        if self._child is not None:
            self._child.kill()

    def wipe(self) -> None:
        """Do nothing: sessions are clean and quality of service is 0, so mosquitto is told to keep no data."""

    def cut_revoked(self) -> None:
        """Look for revoked panels now, instead of at the next period."""
        self._refresh()

    def login(self, credentials: Credentials) -> BrokerLogin:
        """Write a client's credentials, admit its name if it is a cloud service, and return how to log in."""
        certificate, key = self._files.put_credentials(credentials)
        authority = self._files.put("authority.pem", self._setup.authority.certificate_pem)
        self._refresh()
        return BrokerLogin(self.host, self.port, credentials.identity.name, authority, certificate, key)

    def _start_watch(self) -> None:
        if self._watch is None:
            self._stopping.clear()
            self._watch = threading.Thread(target=self._keep_watch, name="mosquitto-access", daemon=True)
            self._watch.start()

    def _keep_watch(self) -> None:
        waited_s = 0.0
        pause_s = min(LOOK_S, self._setup.check_period_s)
        while not self._stopping.wait(pause_s):
            waited_s += pause_s
            try:
                if self._look_for_impostors() or waited_s >= self._setup.check_period_s:
                    waited_s = 0.0
                    self._refresh()
            except Exception:
                # A store in trouble must not end the watch, nor cut anyone: the next period looks again.
                _logger.exception("cannot look for revoked panels")

    def _look_for_impostors(self) -> bool:
        """Look at who connected as whom; tell whether somebody new is to be shut out."""
        found = impostors(self._tail.lines(), _own_ids) - self._impostors
        for name in sorted(found):
            _logger.error("%s connected under another's client id, and is shut out until the next start", name)
        self._impostors |= found
        return bool(found)

    def _refresh(self) -> None:
        with self._refreshing:
            names = {role: set[str]() for role in Role}
            issued = self._setup.authority.issued()
            for entry in issued:
                names[entry.identity.role].add(entry.identity.name)
            revoked = frozenset(name for name in names[Role.PANEL] if not self._setup.allowed(name)) | self._impostors
            certificates = [entry for entry in issued if entry.identity.name in revoked]
            access = _access_list(sorted(names[Role.CLOUD] - revoked), sorted(revoked))
            if (access, certificates) == self._written:
                return
            revocations = self._setup.authority.revocation_list(certificates, self._setup.clock())
            self._files.put(_REVOKED_FILE, revocations)
            self._files.put(_ACCESS_FILE, access)
            self._written = (access, certificates)
            if self._child is not None:
                self._child.send(signal.SIGHUP)

    def _put_files(self) -> None:
        setup = self._setup
        server = setup.authority.issue_server("server-broker", setup.names, setup.clock())
        certificate, key = self._files.put_credentials(server)
        authority = self._files.put("authority.pem", setup.authority.certificate_pem)
        self._files.put("mosquitto.conf", self._configuration(authority, certificate, key).encode())

    def _configuration(self, authority: Path, certificate: Path, key: Path) -> str:
        # As root mosquitto would become another user, who cannot read a folder that is only ours.
        user = "user root\n" if os.getuid() == 0 else ""
        return f"""\
{user}listener {self._port} {self._setup.host}
cafile {authority}
certfile {certificate}
keyfile {key}
crlfile {self._setup.folder / _REVOKED_FILE}
tls_version tlsv1.2
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {self._setup.folder / _ACCESS_FILE}
set_tcp_nodelay true
max_qos 1
max_packet_size {MESSAGE_SIZE_MAX}
max_queued_messages {QUEUE_MAX}
retain_available false
persistence false
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
connection_messages true
"""


def _access_list(cloud: list[str], revoked: list[str]) -> bytes:
    # Mosquitto tries a user's own lines first, "deny" before the others, and then the patterns.
    parts = ["pattern write hemlarm/1/+/%u/up\npattern read hemlarm/1/+/%u/down\n"]
    rights = [f"topic read {each}\n" for each in CLOUD_HEARS] + [f"topic write {each}\n" for each in CLOUD_SPEAKS]
    parts += [f"user {name}\n{''.join(rights)}" for name in cloud]
    parts += [f"user {name}\ntopic deny #\n" for name in revoked]
    return "\n".join(parts).encode()


def _own_ids(name: str) -> tuple[str, ...]:
    role = Role.PANEL if topics.is_panel(name) else Role.CLOUD
    return client_ids(Identity(role, name))


def _says_running(log: Path, offset: int) -> bool:
    # Its ports are open a moment before it can take signals; this line comes after both.
    with log.open("rb") as file:
        file.seek(offset if offset <= log.stat().st_size else 0)
        return b" running" in file.read()
