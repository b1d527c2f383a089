"""`hemlarm install`: from a blank board to a panel that was handed over.

With --json a command prints one JSON document on standard output and nothing else. Errors go to standard error. The
exit status is 0 for success, 1 for what failed, 2 for wrong usage. Every command may be repeated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from hemlarm_cloud.installer import site_file
from hemlarm_cloud.terminal import FAILED, Json, fail, panel_id, print_facts
from hemlarm_installer import board_files, boards, flashing, labels, provisioning_steps, stock_image
from hemlarm_installer.cloud_api import CloudApi, token_of
from hemlarm_installer.desk_view import DeskView
from hemlarm_installer.errors import InstallError
from hemlarm_installer.firmware_build import BuildError, compiled_loader
from hemlarm_installer.firmware_code import FirmwareMissingError

install_app = typer.Typer(
    help="Panels: check what they shall do, flash, provision, label, hand over.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Port = Annotated[str, typer.Option("--port", help="The board's serial port, as /dev/serial/by-id/...")]
Board = Annotated[str, typer.Option("--board", help=f"One of {', '.join(sorted(boards.known()))}.")]
Image = Annotated[
    Path, typer.Option("--image", help="The stock image of MicroPython, or a folder to look it up in by its checksum.")
]
Sha256 = Annotated[str, typer.Option("--sha256", help="The image's checksum, where boards.toml pins none.")]
Release = Annotated[Path, typer.Option("--release", help="The signed image of the firmware.")]
Trust = Annotated[Path, typer.Option("--trust", help="The public keys that the board shall trust.")]
Erase = Annotated[bool, typer.Option("--erase", help="Make a new board of it: keys, events and settings are lost.")]
Drive = Annotated[Path | None, typer.Option("--drive", help="Where a Pico's loader shows as a drive.")]
Cloud = Annotated[str, typer.Option("--cloud", help="The cloud's address, as https://larm.example.se")]
Token = Annotated[Path, typer.Option("--token-file", help="A file with your account's token.")]
Authority = Annotated[
    Path | None, typer.Option("--cloud-certificate", help="A certificate to trust, where nobody known signed it.")
]
SiteId = Annotated[int | None, typer.Option("--site", min=1, help="The site's number in the cloud.")]
SiteFile = Annotated[Path | None, typer.Option("--site-file", help="How the panel shall be set; else it has one area.")]
LabelOut = Annotated[Path | None, typer.Option("--label", help="A file for the label: .svg, .png or .pdf.")]
Code = Annotated[str, typer.Option("--code", help="The code on the keypad, for who cannot be asked.", hidden=True)]


@install_app.command()
def check(file: Annotated[Path, typer.Argument(metavar="FILE", help="The site file.")], as_json: Json = False) -> None:
    """Check a site file: everything that is wrong with it, with lines."""
    with _reporting():
        found = site_file.read(_text(file))
    problems = [asdict(each) for each in found.problems]
    table: Any = Table("line", "about", "what is wrong", title=str(file))
    for each in found.problems:
        table.add_row(str(each.line or ""), each.about, each.text)
    counts = {table_: len(found.config.get(section, [])) for table_, section in site_file.SECTIONS.items()}
    good = f"{file} is good: " + ", ".join(f"{count} {name}s" for name, count in counts.items())
    print_facts(as_json, {"good": found.good, "problems": problems, **counts}, good if found.good else table)
    if not found.good:
        raise typer.Exit(FAILED)


@install_app.command()
def flash(
    port: Port,
    board: Board,
    image: Image,
    release: Release,
    trust: Trust,
    sha256: Sha256 = "",
    erase: Erase = False,
    drive: Drive = None,
    as_json: Json = False,
) -> None:
    """Put MicroPython, the boot loader and a signed release onto a board."""
    with _reporting(), DeskView(as_json) as view:
        done = flashing.flash(port, _wanted(board, image, sha256, release, trust, erase, drive), view)
    facts = {"board": board, "interpreter": done.interpreter, "files": done.files}
    put = f"{len(done.files)} files were put there" if done.files else "everything was there already"
    print_facts(as_json, facts, f"The {board} is flashed: {put}. Next: `hemlarm install provision`.")


@install_app.command()
def provision(
    port: Port,
    cloud: Cloud,
    token_file: Token,
    site: SiteId = None,
    file: SiteFile = None,
    label_file: LabelOut = None,
    code: Code = "",
    authority: Authority = None,
    as_json: Json = False,
) -> None:
    """Let a flashed panel and the cloud agree on a key, and admit the panel."""
    with _reporting(), DeskView(as_json) as view, CloudApi(cloud, token_of(token_file), authority) as api:
        made = _provision(port, api, site, file, code, view)
        _write_label(label_file, made, api.url)
    _tell(as_json, made, api.url, label_file)


@install_app.command()
def panel(
    port: Port,
    board: Board,
    image: Image,
    release: Release,
    trust: Trust,
    cloud: Cloud,
    token_file: Token,
    sha256: Sha256 = "",
    drive: Drive = None,
    site: SiteId = None,
    file: SiteFile = None,
    label_file: LabelOut = None,
    code: Code = "",
    authority: Authority = None,
    as_json: Json = False,
) -> None:
    """All in one: flash, provision, label. Repeat it after a pulled cable."""
    with _reporting(), DeskView(as_json) as view, CloudApi(cloud, token_of(token_file), authority) as api:
        flashing.flash(port, _wanted(board, image, sha256, release, trust, False, drive), view)
        made = _provision(port, api, site, file, code, view)
        _write_label(label_file, made, api.url)
    _tell(as_json, made, api.url, label_file)


@install_app.command()
def label(
    panel: Annotated[str, typer.Argument(metavar="PANEL", help="The panel's 16 hexadecimal digits.")],
    cloud: Cloud,
    out: Annotated[Path, typer.Option("--out", help="The label's file: .svg, .png or .pdf.")],
    board: Annotated[str, typer.Option("--board", help="What the label says of the board.")] = "",
) -> None:
    """Draw a panel's label again. It holds no secret."""
    with _reporting():
        _write_label(out, provisioning_steps.Provisioned(panel_id(panel), board, False), cloud.rstrip("/"))


@install_app.command()
def handover(
    site: Annotated[int, typer.Option("--site", min=1, help="The site's number in the cloud.")],
    out: Annotated[Path, typer.Option("--out", help="The PDF's file.")],
    cloud: Cloud,
    token_file: Token,
    panel: Annotated[str | None, typer.Option("--panel", help="Which panel, where the site has several.")] = None,
    language: Annotated[Literal["sv", "en"], typer.Option("--language", help="sv or en.")] = "sv",
    authority: Authority = None,
    as_json: Json = False,
) -> None:
    """Fetch the hand-over to sign: zones, tests done, signal strengths, users."""
    with _reporting(), CloudApi(cloud, token_of(token_file), authority) as api:
        chosen = panel_id(panel) if panel else _only_panel(api, site)
        out.write_bytes(api.file(f"/sites/{site}/panels/{chosen}/hand-over", language=language))
    print_facts(as_json, {"panel": chosen, "file": str(out)}, f"{out} is the hand-over of panel {chosen}.")


def _wanted(
    board: str, image: Path, sha256: str, release: Path, trust: Path, erase: bool, drive: Path | None
) -> flashing.Wanted:
    kind = boards.kind_of(board)
    files = board_files.in_order(board, compiled_loader(), trust.read_bytes(), release.read_bytes())
    return flashing.Wanted(kind, lambda: stock_image.found(kind, image, sha256), files, erase, drive)


def _provision(
    port: str, api: CloudApi, site: int | None, file: Path | None, code: str, view: DeskView
) -> provisioning_steps.Provisioned:
    text = _text(file) if file is not None else ""
    found = site_file.read(text) if text else None
    if found is not None and not found.good:
        raise InstallError(f"{file} is not good: see `hemlarm install check {file}`")
    asked = (lambda _left: code) if code else view.ask_code
    where = provisioning_steps.Site(site, text)
    return provisioning_steps.provision(port, api, where, asked, view.step("keys and certificate"))


def _write_label(out: Path | None, made: provisioning_steps.Provisioned, cloud: str) -> None:
    if out is None:
        return
    form = out.suffix.removeprefix(".").lower()
    if form not in labels.FORMS:
        raise InstallError(f"{out}: a label is a file that ends in .{', .'.join(labels.FORMS)}")
    out.write_bytes(labels.render(labels.Label(made.panel, cloud, made.board), form))


def _tell(as_json: bool, made: provisioning_steps.Provisioned, cloud: str, label_file: Path | None) -> None:
    facts = {"panel": made.panel, "new": made.new, "label": str(label_file) if label_file else None, "cloud": cloud}
    how = "is in the cloud now" if made.new else "was in the cloud already"
    print_facts(as_json, facts, f"Panel {made.panel} {how}, and has been started.")


def _only_panel(api: CloudApi, site: int) -> str:
    found = [each["id"] for each in api.get(f"/sites/{site}/transmitters") if each["kind"] == "hemlarm"]
    if len(found) != 1:
        raise InstallError(
            f"site {site} has {len(found)} panels: name one with --panel" if found else "no panel is there"
        )
    return str(found[0])


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InstallError(f"{file} is no text in UTF-8: save it as that") from None


@contextmanager
def _reporting() -> Iterator[None]:
    """Tell a person about what went wrong, without a traceback."""
    try:
        yield
    except (InstallError, BuildError, FirmwareMissingError) as error:
        fail(str(error), FAILED)
    except OSError as error:
        fail(f"{error.filename or 'the system'}: {error.strerror}", FAILED)
