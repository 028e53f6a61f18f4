"""Plugins as wheels: built as issuers build them, and written by hand with something wrong."""

import base64
import hashlib
import shutil
import sys
import zipfile

from tests.toolchain.wheels import run

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{name}"
version = "{version}"
[project.entry-points."reviewhub.plugins"]
{name} = "{name}.rule:Rule"
[tool.hatch.build.targets.wheel]
packages = ["{name}"]
"""


def build_wheel(folder, into, version="1.0"):
    """The wheel of a plugin folder, by a build backend, as `{folder's name}-{version}-py3-none-any.whl`."""
    name = folder.name
    project = into / f"project-{version}"
    package = project / name
    shutil.copytree(folder, package)
    (package / "__init__.py").write_text("")
    manifest = package / "plugin.toml"
    manifest.write_text(manifest.read_text().replace('"rule:', f'"{name}.rule:'))
    (project / "pyproject.toml").write_text(PYPROJECT.format(name=name, version=version))
    made = into / f"made-{version}"
    made.mkdir()
    code = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    run(sys.executable, "-c", code, str(made), cwd=project)
    (wheel,) = made.glob("*.whl")
    return wheel


def parts_of(folder, entry=True):
    """The files of a small wheel of this plugin folder by path, without RECORD."""
    name = folder.name
    parts = {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    info = f"{name}-1.0.dist-info"
    parts[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    parts[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode()
    if entry:
        parts[f"{info}/entry_points.txt"] = f"[reviewhub.plugins]\n{name} = {name}.rule:Rule\n".encode()
    return parts


def record(parts, info):
    """RECORD, as it should be for these files."""
    lines = []
    for name, content in parts.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    return "".join([*lines, f"{info}/RECORD,,\n"]).encode()


def write_wheel(path, parts, info=None, entries=()):
    """A wheel of these files; `entries` are ZipInfos with contents that come after RECORD was written."""
    info = info or f"{path.name.rsplit('-', 3)[0]}.dist-info"
    whole = {**parts}
    whole.setdefault(f"{info}/RECORD", record(parts, info))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
        for entry, content in entries:
            archive.writestr(entry, content)
    return path
