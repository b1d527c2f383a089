"""`hemlarm update release`: takes signed images into a cloud's store, and releases them to its panels."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from hemlarm_cloud.cli_centre import ID_MAX, at_terminal, changing, looking, now_ms, rows_table
from hemlarm_cloud.showing import time_text
from hemlarm_cloud.terminal import (
    BAD_USAGE,
    Config,
    Data,
    Database,
    Json,
    fail,
    opened_store,
    panel_id,
    print_facts,
    reporting,
    settings_from,
)
from hemlarm_cloud.updates import images, releases, rings, signatures, views
from hemlarm_cloud.updates.images import version_text
from hemlarm_protocol.bundle import IMAGE_BYTES_MAX

TRUST = "trust"
"""The file with the keys that releases are signed by, in the data folder."""

release_app = typer.Typer(help="Release signed images to panels, in rings.", no_args_is_help=True)

Release = Annotated[int, typer.Argument(metavar="RELEASE", min=1, max=ID_MAX, help="The release's id.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the log.")]

_HOUR_MS = 3_600_000
_BAR = 24


@release_app.command("add")
def release_add(
    files: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Signed images, one for each board.")],
    trust: Annotated[Path | None, typer.Option("--trust", help="File of the trusted keys [DATA/trust].")] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Take signed images into the store; nobody is offered them yet."""
    with reporting():
        trusted = signatures.read_trust(trust or settings_from(config, data, database).data / TRUST)
        contents = [(file, _read(file)) for file in files]
    with changing(config, data, database) as tx:
        added = [images.add(tx, at_terminal(), content, trusted, now_ms()) for _, content in contents]
    facts = [{"id": row.id, "version": version_text(row.version), "board": row.board} for row in added]
    print_facts(as_json, {"images": facts}, rows_table(facts, "id", "version", "board"))


@release_app.command("start")
def release_start(
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Such as 1.6.")],
    board: Annotated[
        list[str] | None, typer.Option("--board", help="Only to these boards [all with an image].")
    ] = None,
    written: Annotated[str, typer.Option("--rings", help="How far each ring reaches.")] = rings.DEFAULT,
    soak_h: Annotated[float, typer.Option("--soak", metavar="HOURS", min=0, max=720, help="Of each ring.")] = 24,
    failures: Annotated[
        int, typer.Option("--failures", metavar="PERCENT", min=0, max=100, help="Of a later ring that may fail.")
    ] = releases.FAILURES_PERCENT,
    first: Annotated[
        list[str] | None, typer.Option("--first", metavar="PANEL", help="Comes before all others.")
    ] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Begin to release a version: to one panel at first, and on while its panels fare well."""
    wanted, named = _version(version), [panel_id(each) for each in first or ()]
    given = (tuple(board or ()), written, round(soak_h * _HOUR_MS), failures, named)
    with changing(config, data, database) as tx:
        made = releases.start(tx, at_terminal(), wanted, now_ms(), *given)
    print_facts(as_json, {"release": made}, f"Release {made} of version {version_text(wanted)} has begun.")


@release_app.command("status")
def release_status(
    release: Annotated[int | None, typer.Argument(metavar="[RELEASE]", min=1, max=ID_MAX, help="Only this.")] = None,
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Show the releases, the images and which versions panels run; or one release with those that failed."""
    with looking(config, data, database) as reading:
        if release is not None:
            found = views.one(reading, at_terminal(), release)
            print_facts(as_json, _facts(found), _shown(found))
            return
        every = views.all_releases(reading, at_terminal())
        kept = [_image(row) for row in views.all_images(reading, at_terminal())]
        run = [
            {"board": board, "version": version_text(version), "panels": count}
            for board, version, count in views.versions(reading, at_terminal())
        ]
    facts = {"releases": [_facts(each) for each in every], "images": kept, "versions": run}
    print_facts(as_json, facts, _overview(every, kept, run))


@release_app.command("pause")
def release_pause(
    release: Release,
    reason: Why = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Offer it to nobody else until it is resumed."""
    with changing(config, data, database) as tx:
        releases.pause(tx, at_terminal(), release, now_ms(), reason)
    print_facts(as_json, {"release": release, "state": "paused"}, f"Release {release} is paused.")


@release_app.command("resume")
def release_resume(
    release: Release, config: Config = None, data: Data = None, database: Database = None, as_json: Json = False
) -> None:
    """Go on with a paused release, or with one that stopped: its failures count no more."""
    with changing(config, data, database) as tx:
        releases.resume(tx, at_terminal(), release, now_ms())
    print_facts(as_json, {"release": release, "state": "running"}, f"Release {release} goes on.")


@release_app.command("stop")
def release_stop(
    release: Release,
    reason: Why = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """End it: who has not tried it is spared. Of one that has stopped by itself, take note."""
    with changing(config, data, database) as tx:
        releases.stop(tx, at_terminal(), release, now_ms(), reason)
    print_facts(as_json, {"release": release, "state": "stopped"}, f"Release {release} is stopped.")


@release_app.command("roll-back")
def release_roll_back(
    release: Release,
    reason: Why = "",
    config: Config = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Offer all that took it the version they had before, where its floor allows that."""
    with opened_store(config, data, database) as store:
        with store.begin() as tx:
            made = releases.roll_back(tx, at_terminal(), release, now_ms(), reason)
        with store.read() as reading:
            count = sum(ring.total for ring in views.one(reading, at_terminal(), made).rings)
    facts = {"release": made, "undoes": release, "panels": count}
    print_facts(as_json, facts, f"Release {made} takes {count} panels back to what they had before release {release}.")


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(IMAGE_BYTES_MAX + 1)


def _version(written: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]?)\.([0-9]{1,3})", written)
    if found is None:
        fail(f"{written!r} is no version: write it as in 1.6", BAD_USAGE)
    return 1000 * int(found[1]) + int(found[2])


def _image(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": version_text(row.version),
        "board": row.board,
        "floor": version_text(row.floor),
        "size": row.size,
        "digest": bytes(row.digest).hex(),
        "added_ms": row.added_ms,
    }


def _facts(found: views.Release) -> dict[str, Any]:
    rows = {"rings": [ring._asdict() for ring in found.rings], "failed": [each._asdict() for each in found.failed]}
    return found._asdict() | {"title": found.title} | rows


def _overview(every: list[views.Release], kept: list[dict[str, Any]], run: list[dict[str, Any]]) -> RenderableType:
    nothing = Text("Nothing was released yet.")
    parts: list[RenderableType] = [part for each in every for part in (_shown(each), Text())] or [nothing]
    parts.append(rows_table(kept, "id", "version", "board", "floor", "size", "added_ms"))
    return Group(*parts, rows_table(run, "board", "version", "panels"))


def _shown(found: views.Release) -> RenderableType:
    itself = " by itself" if found.by_itself else ""
    reason = f": {found.reason}" if found.reason else ""
    lines = [f"Release {found.id}, {found.title}, to {', '.join(found.boards)}: {found.state}{itself}{reason}"]
    lines += [_ring(ring) for ring in found.rings]
    if found.withdrawn:
        lines.append(f"  {found.withdrawn} panels were spared")
    if found.soaks_until_ms is not None:
        lines.append(f"  watched until {time_text(found.soaks_until_ms)}")
    lines += [f"  {each.panel} in ring {each.ring}: {each.state} {each.why}".rstrip() for each in found.failed]
    return Text("\n".join(lines))


def _ring(ring: views.Ring) -> str:
    done = round(_BAR * ring.good / ring.total) if ring.total else 0
    failed = min(_BAR - done, -(-_BAR * ring.bad // ring.total)) if ring.total else 0
    bar = "█" * done + "x" * failed + "·" * (_BAR - done - failed)
    counts = f"{ring.good} of {ring.total} run it, {ring.going} on the way, {ring.bad} failed, {ring.away} away"
    return f"  {ring.number} ({ring.reach:>4}) {bar} {counts if ring.open else f'not open, {ring.total} panels'}"
