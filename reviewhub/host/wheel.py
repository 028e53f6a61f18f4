"""A plugin that comes as a wheel: looked through, and its one package laid out. Nothing is installed.

The binary distribution format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import base64
import configparser
import csv
import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.host.store import MOST_BYTES, MOST_FILES, plain_name
from reviewhub.plugin_api.files import MANIFEST

SUFFIX = ".whl"
ENTRY_POINTS = "reviewhub.plugins"
_HASHES = frozenset({"sha256", "sha384", "sha512"})
_MOST_LISTED = 1024 * 1024
"""Bytes of the archive's own list of files: read at once, whatever it says."""
_END = 22
"""Bytes of the record that ends an archive, before a comment of up to 64 KB."""
_ROW = 3
"""Columns of RECORD: path, hash, size."""
_MB = 1024**2


def plugin_name(wheel: Path) -> str:
    """The distribution's name as the file's name says it, also of a broken one: `harbor_skills`.

    Written as for an import, so that a plugin keeps its name where its folder becomes a wheel.
    """
    return re.sub(r"[-_.]+", "_", wheel.name.removesuffix(SUFFIX).partition("-")[0]).lower()


def lay_out_wheel(wheel: Path, folder: Path) -> str:
    """Write the wheel's one package into the folder, every file checked by its hash; gives its name.

    Raises Invalid for what is no wheel, is too large, leads out of the folder, was changed since it was
    built, or holds anything but one package with a plugin.toml. OSError as ever.
    """
    try:
        _small_list(wheel)
        with zipfile.ZipFile(wheel) as archive:
            files = _contents(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError) as broken:
        raise _invalid("It is no whole zip archive. Build it again.") from broken
    info = _dist_info(wheel, files)
    _as_recorded(files, info)
    package = _package(files, info)
    for name, content in files.items():
        if name.startswith(f"{package}/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return package


def _invalid(words: str, value: str = "") -> Invalid:
    return Invalid(Problem("wheel", f"wheel: {words}", value[:200]))


def _small_list(wheel: Path) -> None:
    """Refuse what would fill the memory by its list of files alone, before anything reads that list."""
    if wheel.stat().st_size > MOST_BYTES:
        raise _invalid(f"Ship at most {MOST_BYTES // _MB} MB.")
    end = wheel.read_bytes()[-(_END + 0xFFFF) :]
    at = end.rfind(b"PK\x05\x06")
    if at < 0 or len(end) - at < _END:
        raise zipfile.BadZipFile
    if (
        end[at - 20 : at - 16] == b"PK\x06\x07"
        or int.from_bytes(end[at + 12 : at + 16], "little") > _MOST_LISTED
    ):
        raise _invalid(f"Ship at most {MOST_FILES} files.")


def _contents(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Every file by its path. What it says of its sizes is believed only as a limit."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise _invalid(f"Ship at most {MOST_FILES} files.", str(len(entries)))
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _invalid(f"Ship at most {MOST_BYTES // _MB} MB, unpacked.")
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    for entry in entries:
        _plain(entry)
        if entry.filename.casefold() in taken:
            raise _invalid(f"It holds {entry.filename!r} twice.", entry.filename)
        taken.add(entry.filename.casefold())
        with archive.open(entry) as stream:
            # Not all that there is: a small number in the list may stand before gigabytes.
            files[entry.filename] = stream.read(entry.file_size + 1)
    return files


def _plain(entry: zipfile.ZipInfo) -> None:
    """An ordinary file inside of the folder, packed as wheels are."""
    name = entry.filename
    for part in name.split("/"):
        plain_name(part)
    if ":" in name or PurePosixPath(name).as_posix() != name:
        raise _invalid(f"{name!r} is no path inside of it.", name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise _invalid(f"{name!r} is a link or a device. Ship the file itself.", name)
    if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _invalid(f"{name!r} is packed in a way that wheels are not.", name)


def _dist_info(wheel: Path, files: Mapping[str, bytes]) -> str:
    """The folder that says what this is; it must be that of the name under which it came."""
    found = {name.partition("/")[0] for name in files if name.partition("/")[0].endswith(".dist-info")}
    if len(found) != 1 or not {f"{one}/{part}" for one in found for part in ("WHEEL", "RECORD")} <= set(
        files
    ):
        raise _invalid("It is no wheel: one folder .dist-info with WHEEL and RECORD belongs into it.")
    (info,) = found
    if plugin_name(Path(info)) != plugin_name(wheel):
        raise _invalid(
            f"The file is named {wheel.name!r}, but holds {info!r}. Keep the name it was built under."
        )
    return info


def _as_recorded(files: Mapping[str, bytes], info: str) -> None:
    """Every file is listed in RECORD with a hash that fits, and nothing is listed that is not there."""
    record = f"{info}/RECORD"
    try:
        rows = list(csv.reader(io.StringIO(files[record].decode())))
    except (UnicodeDecodeError, csv.Error) as broken:
        raise _invalid("Its RECORD cannot be read. Build it again.") from broken
    listed = {row[0]: row[1] for row in rows if len(row) == _ROW}
    unhashed = {record, f"{record}.jws", f"{record}.p7s"}
    wrong = [name for name in files if name not in unhashed and not _fits(files[name], listed.get(name, ""))]
    wrong += [name for name in listed if name not in files and name not in unhashed]
    if wrong or len(listed) != len(rows):
        names = ", ".join(sorted(wrong)) or record
        raise _invalid(f"It was changed since it was built, says its RECORD: {names[:200]}. Build it again.")


def _fits(content: bytes, written: str) -> bool:
    kind, _, value = written.partition("=")
    if kind not in _HASHES:
        return False
    digest = hashlib.new(kind, content).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == value


def _package(files: Mapping[str, bytes], info: str) -> str:
    """The one package: the one that the entry point names, or that holds the manifest."""
    beside = sorted({name.partition("/")[0] for name in files} - {info})
    if len(beside) > 1:
        names = ", ".join(beside)[:200]
        raise _invalid(f"It holds more than one package: {names}. Only one is taken, so ship one.", names)
    named = set(_named(files.get(f"{info}/entry_points.txt", b"")))
    if len(named) > 1:
        raise _invalid(f"Declare one entry point in the group {ENTRY_POINTS}.", ", ".join(sorted(named)))
    package = next(iter(named), beside[0] if beside else "")
    if f"{package}/{MANIFEST}" not in files:
        said = f"{package}/{MANIFEST}" if package else f"package with {MANIFEST}"
        raise _invalid(f"It holds no {said}. Does your build leave out what is no Python?")
    return package


def _named(text: bytes) -> Iterator[str]:
    """The packages that the entry points of our group name."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case, says the format
    try:
        parser.read_string(text.decode())
    except (UnicodeDecodeError, configparser.Error) as broken:
        raise _invalid("Its entry_points.txt cannot be read.") from broken
    if parser.has_section(ENTRY_POINTS):
        for _, value in parser.items(ENTRY_POINTS):
            yield value.partition(":")[0].partition(".")[0].strip()
