"""Whether panel and cloud hold the same configuration: what stands in the flash there, and what was read here."""

from typing import Any

from hemlarm_installer import firmware_code
from hemlarm_protocol import cbor
from hemlarm_simulator.scenario_text import Stage


def different_configuration(stage: Stage) -> str | None:
    """Complains unless the cloud holds the whole configuration of the panel's revision, without its secrets."""
    in_panel = _in_panel(stage)
    stored = stage.world.cloud.configuration()
    if stored is None or stored.document is None:
        return "the cloud has not read the configuration"
    told: Any = cbor.decode(stored.document)
    in_cloud = {"revision": stored.revision, **told}
    if not stored.complete or stored.revision != in_panel["revision"]:
        state = "" if stored.complete else ", which it knows to be old"
        return f"the panel is at revision {in_panel['revision']}, the cloud at {stored.revision}{state}"
    if in_cloud != in_panel:
        sections = sorted(str(name) for name in {*in_cloud, *in_panel} if in_cloud.get(name) != in_panel.get(name))
        return f"they are both at revision {stored.revision}, but differ in {', '.join(sections)}"
    return None


def _in_panel(stage: Stage) -> Any:
    """What the panel would tell, read from its flash."""
    settings = firmware_code.load("hemlarm_firmware.settings").Settings(stage.world.panel.flash["config"])
    edit = firmware_code.load("hemlarm_firmware.panel.config_edit")
    told = {"revision": 0, **edit.redact(cbor.decode(settings.load()))}
    return cbor.decode(cbor.encode(told))
