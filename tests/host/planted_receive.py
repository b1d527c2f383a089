"""Bugs to plant in our receivers, so that the fuzzer's checks can be seen to find them."""

import pytest

from hemlarm_cloud.receive import dc09, dc09_tolerance, keeping
from hemlarm_cloud.trade import sos_access as codec
from hemlarm_cloud.trade import sos_access_xml


def _streams_of_any_length(patch: pytest.MonkeyPatch) -> None:
    begun = sos_access_xml.Splitter.__init__
    patch.setattr(sos_access_xml.Splitter, "__init__", lambda self, _longest: begun(self, 1 << 30))


def _forgets_what_it_looked_at(patch: pytest.MonkeyPatch) -> None:
    opened = sos_access_xml.Splitter._open

    def careless(self: sos_access_xml.Splitter) -> None:
        opened(self)
        self._looked = len(self._held) + 1

    patch.setattr(sos_access_xml.Splitter, "_open", careless)


def _texts_that_are_trusted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(codec, "_expect_fitting", lambda _name, _text: None)


def _acknowledges_what_it_did_not_store(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(keeping, "_add", lambda _tx, _event, _fingerprint: None)


def _refuses_what_it_stored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(dc09, "_ANSWERS", {})


def _numbers_that_are_trusted(patch: pytest.MonkeyPatch) -> None:
    read = dc09_tolerance.read

    def careless(data: bytes) -> dc09_tolerance.Heard:
        heard = read(data)
        assert int(heard.number) >= 0
        return heard

    patch.setattr(dc09_tolerance, "read", careless)


PLANTED = [
    ("sos-access", _streams_of_any_length),
    ("sos-access", _forgets_what_it_looked_at),
    ("sos-access", _texts_that_are_trusted),
    ("receive", _acknowledges_what_it_did_not_store),
    ("receive", _refuses_what_it_stored),
    ("receive", _numbers_that_are_trusted),
]
