"""`hemlarm update`: builds, signs and checks images of the firmware, and has the cloud hand them out.

With --json a command prints one JSON document on standard output and nothing else. Errors go to standard error. The
exit status is 0 for success, 1 for what failed, 2 for wrong usage.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.terminal import BAD_USAGE, FAILED, Json, fail, print_facts, reporting
from hemlarm_cloud.updates import signatures
from hemlarm_cloud.updates.commands import release_app
from hemlarm_installer import bundling, firmware_sources, sbom, signing
from hemlarm_installer.firmware_build import BuildError, short_names
from hemlarm_installer.firmware_code import FirmwareMissingError
from hemlarm_installer.signing import SigningError
from hemlarm_protocol import bundle

update_app = typer.Typer(
    help="Releases of the firmware: build, sign, check, and hand out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

update_app.add_typer(release_app, name="release")

_BOARDS = ", ".join(sorted(firmware_sources.BOARDS))

Image = Annotated[Path, typer.Argument(metavar="IMAGE", help="The image's file.")]
Key = Annotated[Path, typer.Argument(metavar="KEY", help="The key's folder.")]
Version = Annotated[str | None, typer.Option("--version", help="As 1.5; else that of the sources.")]
Floor = Annotated[
    str | None, typer.Option("--floor", help="The oldest version that may run after this one; else 0 of its major.")
]
CloudKey = Annotated[
    str | None,
    typer.Option("--cloud-key", help="What `hemlarm cloud provisioning-key` prints, or a file of it."),
]


@update_app.command()
def keygen(
    key: Key,
    levels: Annotated[int, typer.Option("--levels", help="5, 10 or 15: for 32, 1,024 or 32,768 releases.")] = 10,
    as_json: Json = False,
) -> None:
    """Make a key to sign releases with, in a new folder."""
    with _reporting(), _working("Making the key"):
        public = signing.make_key(key, levels, secrets.token_bytes)
    print_facts(
        as_json,
        {"key": public[8:24].hex(), "trust": str(key / "trust"), "left": 1 << levels},
        f"The key {public[8:24].hex()} signs {1 << levels:,} releases. Keep {key} where nobody else comes, and a "
        f"backup of it apart. What is to trust it, boards and the cloud, gets {key / 'trust'}.",
    )


@update_app.command()
def build(
    board: Annotated[str, typer.Option("--board", help=f"One of {_BOARDS}.")],
    out: Annotated[Path, typer.Option("--out", help="The image's file.")],
    version: Version = None,
    floor: Floor = None,
    cloud_key: CloudKey = None,
    built_at: Annotated[
        int | None, typer.Option("--built-at", min=0, help="Seconds since 1970; else the commit's.")
    ] = None,
    names: Annotated[
        Path | None, typer.Option("--names", help="A file for what short names in tracebacks mean.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the image of a release, to be signed. The same commit and options give the same bytes, anywhere."""
    with _reporting(), _working("Building the image"):
        commit = bundling.Commit(built_at, "", True) if built_at is not None else bundling.last_commit()
        image = bundling.unsigned_image(
            board,
            commit.time_s,
            version=_version(version),
            floor=_version(floor),
            cloud_key=_cloud_key(cloud_key),
        )
        _write(out, image)
        if names is not None:
            table = short_names(firmware_sources.of_board(board))
            names.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    facts = {**_facts(bundle.parse(image)), "commit": commit.name, "clean": commit.clean, "file": str(out)}
    for regret in _regrets(commit, facts):
        typer.echo(f"hemlarm: {regret}", err=True)
    print_facts(as_json, facts, f"{out}: {_title(facts)}, {facts['bytes']:,} bytes, {facts['digest']}; not signed yet.")


@update_app.command()
def sign(
    image: Image,
    key: Annotated[Path, typer.Option("--key", help="The key's folder.")],
    out: Annotated[Path | None, typer.Option("--out", help="The signed image's file; else the same.")] = None,
    as_json: Json = False,
) -> None:
    """Sign an image. Each signature uses up one of the key's, and none is ever used twice."""
    with _reporting(), _working("Signing"):
        signed = signing.sign(key, image.read_bytes())
        _write(out or image, signed.image)
    facts = {"file": str(out or image), "leaf": signed.leaf, "left": signed.left}
    shown = f"{out or image} is signed: number {signed.leaf} of the key's signatures, {signed.left:,} are left."
    print_facts(as_json, facts, shown)


@update_app.command("take-over")
def take_over(
    key: Key,
    skip: Annotated[int, typer.Option("--skip", min=1, help="Signatures to give up.")] = signing.SKIPPED,
    as_json: Json = False,
) -> None:
    """Let a copy of a key sign, when the folder it was copied from is gone for good.

    If that still signed, one signature would be made twice, and others could forge firmware. What it has signed since
    the copy was made must be fewer than are skipped.
    """
    with _reporting():
        following = signing.take_over(key, skip)
    print_facts(as_json, {"next": following}, f"{key} signs from number {following} on. Destroy every other copy.")


@update_app.command()
def verify(
    image: Image,
    trust: Annotated[
        Path, typer.Option("--trust", help="The trusted public keys: a key's `trust`, or several joined.")
    ],
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it again, and compare.")] = False,
    as_json: Json = False,
) -> None:
    """Check an image: that a trusted key signed it, that it is whole, and if wished that these sources make it."""
    with _reporting():
        parsed = bundle.parse(image.read_bytes())
        signer = signatures.signer(signatures.read_trust(trust), parsed.head_bytes, parsed.signature)
        if rebuild:
            bundling.compare(parsed)
    facts = {**_facts(parsed), "key": signer.key.hex(), "leaf": signer.leaf, "rebuilt": rebuild}
    made = " These sources make the same." if rebuild else ""
    print_facts(as_json, facts, f"{image}: {_title(facts)}, signed by {facts['key']}, number {signer.leaf}.{made}")


@update_app.command()
def show(image: Image, as_json: Json = False) -> None:
    """Show what is in an image; who signed it is for `verify` to say."""
    with _reporting():
        parsed = bundle.parse(image.read_bytes())
    facts = _facts(parsed)
    files = [{"name": name, "bytes": length, "sha256": digest.hex()} for name, length, digest in parsed.head.files]
    table = Table(title=_title(facts), show_header=False)
    for name, value in facts.items():
        table.add_row(name, str(value))
    for file in files:
        table.add_row(str(file["name"]), f"{file['bytes']:,} bytes")
    print_facts(as_json, {**facts, "contents": files}, table)


@update_app.command("sbom")
def bill_of_materials(
    out: Annotated[Path, typer.Option("--out", help="The CycloneDX file.")] = sbom.PLACE,
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is current.")] = False,
    as_json: Json = False,
) -> None:
    """Write down all that Hemlarm is made of: its packages with versions and licences, as CycloneDX."""
    with _reporting():
        made = sbom.text(Path())
        if check and (not out.exists() or out.read_text(encoding="utf-8") != made):
            raise sbom.SbomError(f"{out} is not current; write it with `hemlarm update sbom`")
        if not check:
            out.write_text(made, encoding="utf-8")
    count = len(json.loads(made)["components"])
    print_facts(as_json, {"file": str(out), "components": count}, f"{out} is current: {count} components.")


@contextmanager
def _reporting() -> Iterator[None]:
    """Tell a person about what went wrong, without a traceback."""
    with reporting():
        try:
            yield
        except (firmware_sources.UnknownBoardError, typer.BadParameter) as error:
            fail(str(error), BAD_USAGE)
        except (
            BuildError,
            FirmwareMissingError,
            SigningError,
            InvalidError,
            bundle.BundleError,
            bundling.UndatedError,
            bundling.OtherSourcesError,
            sbom.SbomError,
        ) as error:
            fail(str(error), FAILED)


def _working(text: str) -> Status:
    """What a terminal shows while something takes its seconds."""
    return Console(stderr=True).status(text)


def _write(path: Path, data: bytes) -> None:
    """Put a file there whole or not at all."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _version(text: str | None) -> int | None:
    if text is None:
        return None
    major, dot, minor = text.partition(".")
    if not (dot and major.isdecimal() and minor.isdecimal() and int(minor) < 1000):
        raise typer.BadParameter(f"{text!r} is no version; those are as 1.5")
    return int(major) * 1000 + int(minor)


def _cloud_key(text: str | None) -> bytes:
    if text is None:
        return bundling.NO_CLOUD
    file = Path(text)
    written = file.read_bytes() if file.is_file() else text.encode()
    try:
        data = bytes.fromhex(written.decode("ascii").strip())
    except ValueError:
        data = written
    if len(data) != bundle.CLOUD_KEY_BYTES:
        raise typer.BadParameter(
            f"{text} is no cloud's public key of {bundle.CLOUD_KEY_BYTES} bytes; give what "
            "`hemlarm cloud provisioning-key` prints there, or a file of it"
        )
    return data


def _regrets(commit: bundling.Commit, facts: dict[str, Any]) -> Iterator[str]:
    """What somebody should know of an image before it is signed."""
    if not commit.clean:
        yield "the sources have changes that are in no commit; nobody can build this again"
    if not facts["cloud_key"] and facts["board"] != "simulated":
        yield "the image knows no cloud, so that no board with it can be provisioned; see --cloud-key"


def _facts(parsed: Any) -> dict[str, Any]:
    head = parsed.head
    return {
        "board": head.board,
        "version": f"{head.version // 1000}.{head.version % 1000}",
        "floor": f"{head.floor // 1000}.{head.floor % 1000}",
        "data_format": head.data_format,
        "bytecode": head.abi,
        "built": datetime.fromtimestamp(head.built_s, UTC).isoformat(),
        "cloud_key": head.cloud_key.hex() if any(head.cloud_key) else "",
        "files": len(head.files),
        "bytes": len(parsed.head_bytes) + 2 + len(parsed.signature) + sum(length for _, length, _ in head.files),
        "digest": bundle.digest(parsed.head_bytes).hex(),
        "signed": bool(parsed.signature),
    }


def _title(facts: dict[str, Any]) -> str:
    return f"Hemlarm {facts['version']} for {facts['board']}"
