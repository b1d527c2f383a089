"""Push messages: sealed for one browser, signed by us, and only ever posted where the open internet is.

What is sent is opened by an RFC 8291 written here from the document, not by the library that sealed it.
"""

import base64
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from handled_site import NOON_MS, VAULT, notices_of
from hemlarm_cloud.errors import ConflictError, InvalidError, NotFoundError
from hemlarm_cloud.notices import browsers, choices
from hemlarm_cloud.notices.push import TEXT_OCTETS_MAX, PushSender
from hemlarm_cloud.notices.sending import OWN_GIVEN_UP_MS, RETRY_MS, Sender
from hemlarm_cloud.notices.trouble import SendError
from hemlarm_cloud.store import Store
from hemlarm_cloud.store.schema_access import push_key
from small_server import SmallServer, serving
from told_house import ToldHouse


def unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class Browser:
    """A browser's half of RFC 8291."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, secret: bytes = bytes(range(16))) -> None:
        self.private = private or ec.generate_private_key(ec.SECP256R1())
        self.point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.secret = secret

    def subscribe(self, house: ToldHouse, endpoint: str, which: int = 0) -> int:
        """Have an account's messages sent here."""
        with house.store.begin() as tx:
            browsers.public_key(tx, VAULT)
            key, secret = browsers.to_base64(self.point), browsers.to_base64(self.secret)
            account = house.accounts[which]
            return browsers.subscribe(tx, house.actor(which), account, endpoint, key, secret, NOON_MS, inward=True)

    def open(self, body: bytes) -> bytes:
        """Return what a message of one record says."""
        salt, size, name_length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + name_length], body[21 + name_length :]
        assert len(record) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        keying = derived(shared, self.secret, b"WebPush: info\0" + self.point + theirs, 32)
        key = derived(keying, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(keying, salt, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain.endswith(b"\2")
        return plain[:-1]


def test_our_browser_opens_the_example_of_rfc_8291() -> None:
    private = int.from_bytes(unpack("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    browser = Browser(ec.derive_private_key(private, ec.SECP256R1()), unpack("BTBZMqHH6r4Tts7J_aSIgg"))
    body = unpack(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
        "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.open(body) == b"When I grow up, I want to be a watermelon"


@pytest.fixture
def service() -> Iterator[SmallServer]:
    """A push service."""
    with serving() as server:
        yield server


def sender(store: Store, contact: str = "larm@hemlarm.example", inward: bool = True) -> Sender:
    return Sender(store, "push", PushSender(store, VAULT, contact, lambda: NOON_MS, inward).send)


def armed_house(store: Store, endpoint: str, browser: Browser) -> ToldHouse:
    """A house with one push message to send."""
    house = ToldHouse(store)
    browser.subscribe(house, endpoint)
    house.choose(arming=("push",))
    house.happen(3401, user=3)
    assert len(house.told()) == 1
    return house


def test_a_message_arrives_sealed_and_says_what_happened(store: Store, service: SmallServer) -> None:
    browser = Browser()
    house = armed_house(store, service.url("/send/abc"), browser)
    assert sender(store).send_due(NOON_MS)
    (posted,) = service.posted
    assert posted.path == "/send/abc"
    assert posted.headers["content-encoding"] == "aes128gcm"
    assert posted.headers["ttl"] == str(OWN_GIVEN_UP_MS // 1000)
    assert b"Anna" not in posted.body
    assert json.loads(browser.open(posted.body)) == {
        "title": "Villa Björk: larmet tillkopplat",
        "body": "Larmet i Villa Björk tillkopplat av Anna kl 12:06.",
        "tag": "notice-1",
        "at_ms": notices_of(store)[0].created_ms,
        "site": house.site,
    }
    assert notices_of(store)[0].state == "sent"


def test_we_are_known_by_the_key_that_browsers_were_given(store: Store, service: SmallServer) -> None:
    armed_house(store, service.url(), Browser())
    with store.begin() as tx:
        public = browsers.public_key(tx, VAULT)
        assert browsers.public_key(tx, VAULT) == public
    sender(store).send_due(NOON_MS)
    scheme, _, rest = service.posted[0].headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", public)
    signed, _, signature = parts["t"].rpartition(".")
    ours = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpack(public))
    r, s = unpack(signature)[:32], unpack(signature)[32:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    ours.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    header, claims = (json.loads(unpack(part)) for part in signed.split("."))
    assert header["alg"] == "ES256"
    origin = service.url("")
    assert claims == {"aud": origin, "exp": NOON_MS // 1000 + 3600, "sub": "mailto:larm@hemlarm.example"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_calls_nobody(store: Store, service: SmallServer, status: int) -> None:
    house = armed_house(store, service.url(), Browser())
    service.status = status
    sender(store).send_due(NOON_MS)
    assert [notice.state for notice in notices_of(store)] == ["failed"]
    with store.read() as reading:
        assert browsers.of_account(reading, house.accounts[0]) == []
    assert house.cases() == []
    house.happen(1401)
    assert len(house.told()) == 1


@pytest.mark.parametrize(("status", "state"), [(429, "waiting"), (503, "waiting"), (403, "failed"), (307, "failed")])
def test_what_is_not_taken_waits_or_is_given_up(store: Store, service: SmallServer, status: int, state: str) -> None:
    armed_house(store, service.url(), Browser())
    service.status, service.location = status, service.url("/elsewhere")
    sender(store).send_due(NOON_MS)
    (notice,) = notices_of(store)
    assert (notice.state, notice.problem) == (state, f"127.0.0.1 answered {status}")
    assert [posted.path for posted in service.posted] == ["/"]


def test_a_service_that_does_not_answer_is_tried_once_for_all_that_waits(store: Store, service: SmallServer) -> None:
    house = armed_house(store, service.url(), Browser())
    house.happen(1401)
    house.told()
    service.status = 500
    out = sender(store)
    assert out.send_due(NOON_MS)
    assert not out.send_due(NOON_MS + RETRY_MS - 1)
    service.status = 201
    assert out.send_due(NOON_MS + RETRY_MS)
    assert out.send_due(NOON_MS + RETRY_MS)
    assert [notice.state for notice in notices_of(store)] == ["sent", "sent"]


def test_what_is_hours_old_is_not_tried_again(store: Store, service: SmallServer) -> None:
    armed_house(store, service.url(), Browser())
    service.status = 500
    sender(store).send_due(notices_of(store)[0].created_ms + OWN_GIVEN_UP_MS)
    assert [notice.state for notice in notices_of(store)] == ["failed"]


def test_an_endpoint_on_this_machine_is_not_connected_to(store: Store, service: SmallServer) -> None:
    armed_house(store, service.url(), Browser())
    sender(store, inward=False).send_due(NOON_MS)
    assert service.posted == []
    assert [notice.state for notice in notices_of(store)] == ["failed"]


def test_a_long_text_is_cut_so_that_every_push_service_takes_it(store: Store, service: SmallServer) -> None:
    browser, house = Browser(), ToldHouse(store)
    place = browser.subscribe(house, service.url())
    notice: Any = SimpleNamespace(
        id=1, recipient=f"anna#{place}", subject="å" * 120, text="€" * 5000, created_ms=1, site=1
    )
    PushSender(store, VAULT, "", lambda: NOON_MS, inward=True).send(notice)
    told = json.loads(browser.open(service.posted[0].body))
    assert 0 < len(told["body"].encode()) <= TEXT_OCTETS_MAX
    assert len(service.posted[0].body) <= 4096


def test_a_removed_browser_is_sent_nothing(store: Store, service: SmallServer) -> None:
    house = armed_house(store, service.url(), Browser())
    with store.begin() as tx:
        with pytest.raises(NotFoundError):
            browsers.end(tx, house.actor(1), house.accounts[1], service.url())
        browsers.end(tx, house.actor(0), house.accounts[0], service.url())
        with pytest.raises(NotFoundError):
            browsers.end(tx, house.actor(0), house.accounts[0], service.url())
    sender(store).send_due(NOON_MS)
    assert service.posted == []


def test_a_browser_in_which_somebody_else_signs_in_changes_hands(store: Store) -> None:
    house, browser = ToldHouse(store), Browser()
    browser.subscribe(house, "https://push.example/1", which=0)
    browser.subscribe(house, "https://push.example/1", which=1)
    with store.read() as reading:
        assert choices.recipients(reading, house.accounts[0])["push"] == []
        assert len(choices.recipients(reading, house.accounts[1])["push"]) == 1


def test_an_account_has_a_bounded_number_of_browsers(store: Store) -> None:
    house, browser = ToldHouse(store), Browser()
    for number in range(choices.PLACES_MAX):
        browser.subscribe(house, f"https://push.example/{number}")
    with pytest.raises(ConflictError, match="10 browsers"):
        browser.subscribe(house, "https://push.example/more")
    browser.subscribe(house, "https://push.example/3")


GOOD = Browser()


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://push.example/1"},
        {"endpoint": "file:///etc/passwd"},
        {"endpoint": "https://anna:secret@push.example/1"},
        {"endpoint": "https://push.example:port/1"},
        {"endpoint": "https://push.example/" + "x" * 1000},
        {"endpoint": "https://push.example/\r\nX: y"},
        {"key": browsers.to_base64(b"\4" + bytes(64))},
        {"key": browsers.to_base64(GOOD.point[:-1])},
        {"key": "not base64!"},
        {"secret": browsers.to_base64(bytes(15))},
        {"secret": ""},
    ],
)
def test_what_no_browser_tells_is_refused(change: dict[str, Any], tmp_path: Any) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    house = ToldHouse(store)
    told: dict[str, Any] = {"endpoint": "https://push.example/1", "key": browsers.to_base64(GOOD.point)}
    told |= {"secret": browsers.to_base64(GOOD.secret)}
    with store.begin() as tx:
        browsers.subscribe(tx, house.actor(), house.accounts[0], now_ms=NOON_MS, **told)
        with pytest.raises(InvalidError):
            browsers.subscribe(tx, house.actor(), house.accounts[0], now_ms=NOON_MS, **told | change)
    store.close()


def test_the_private_key_is_sealed(store: Store) -> None:
    with store.begin() as tx:
        browsers.public_key(tx, VAULT)
        row = tx.connection.execute(select(push_key)).one()
    private = VAULT.open_sealed(browsers.PURPOSE, browsers.OWNER, row.private_key)
    assert private not in bytes(row.private_key)


def test_without_a_key_of_ours_it_is_not_sent(store: Store) -> None:
    house = ToldHouse(store)
    notice: Any = SimpleNamespace(recipient=f"anna#{house.subscribe()}")
    with pytest.raises(SendError) as told:
        PushSender(store, VAULT, "", lambda: NOON_MS).send(notice)
    assert told.value.for_good
