"""A plugin that comes as a wheel: taken like a folder, or set aside with the reason, and never installed."""

import stat
import sys
import warnings
import zipfile

import pytest

from reviewhub.host import store, wheel
from reviewhub.host.gather import gather
from tests.plugins.conftest import PluginFolder
from tests.plugins.wheels import build_wheel, parts_of, record, write_wheel

INFO = "harbor-1.0.dist-info"
FILE = "harbor-1.0-py3-none-any.whl"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "issuers").mkdir()
    return PluginFolder(tmp_path / "issuers")


@pytest.fixture
def parts(tmp_path):
    (tmp_path / "source").mkdir()
    return parts_of(PluginFolder(tmp_path / "source").write("harbor"))


@pytest.fixture
def found(folder, tmp_path):
    """What is gathered, by name."""
    return lambda *places: {one.name: one for one in gather(tmp_path / "store", places or (folder.path,))}


def said(one):
    assert one.issuer is None
    return " ".join(problem.message for problem in one.problems)


def files_below(path):
    return {one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()}


def test_a_built_wheel_is_taken_like_a_folder_and_not_installed(folder, found, tmp_path):
    code = "from wheeltest import words\nclass Rule(Plugin): pass"
    source = PluginFolder(tmp_path / "elsewhere").write("wheeltest", code=code, rubrics=("one", "two"))
    (source / "words.py").write_text("")
    made = build_wheel(source, tmp_path)
    made.rename(folder.path / made.name)
    folder.write("harbor")
    both = found()
    assert sorted(both) == ["harbor", "wheeltest"]
    taken = both["wheeltest"]
    assert (taken.problems, taken.issuer.slug, taken.has_code) == ((), "wheeltest", True)
    assert [rubric.slug for rubric in taken.rubrics] == ["one", "two"]
    kept = tmp_path / "store" / "wheeltest" / taken.digest
    assert store.digest(kept) == taken.digest
    assert files_below(kept) == {
        f"wheeltest/{name}"
        for name in (
            "__init__.py",
            "plugin.toml",
            "rule.py",
            "words.py",
            "rubrics/one.toml",
            "rubrics/two.toml",
        )
    }
    assert "wheeltest" not in sys.modules
    assert not [path for path in sys.path if "wheeltest" in path]


@pytest.mark.parametrize("entry", [True, False])
def test_the_package_is_found_by_its_entry_point_or_by_its_manifest(folder, found, tmp_path, entry):
    source = PluginFolder(tmp_path / "elsewhere").write("harbor")
    write_wheel(folder.path / FILE, parts_of(source, entry=entry))
    assert found()["harbor"].problems == ()


def test_a_wheel_is_named_by_its_distribution_also_a_broken_one(folder, found):
    (folder.path / "Harbor.Skills-2.0-py3-none-any.whl").write_bytes(b"nothing")
    assert "no whole zip archive" in said(found()["harbor_skills"])


def test_a_wheel_may_be_named_itself(found, tmp_path, parts):
    made = write_wheel(tmp_path / FILE, parts)
    assert found(made)["harbor"].problems == ()


def test_two_of_one_plugin_are_told_and_neither_is_guessed(folder, found, parts):
    folder.write("harbor")
    folder.write("other")
    write_wheel(folder.path / FILE, parts)
    both = found()
    assert said(both["harbor"]) == (
        f"files: The plugin 'harbor' is there more than once: harbor, {FILE}. Leave one of them."
    )
    assert both["other"].problems == ()


def test_what_python_would_run_without_our_seeing_it_is_left_out(folder, found, parts, tmp_path):
    """A compiled file is no part of a plugin's digest, so it is not stored either."""
    parts |= {"harbor/evil.pyc": b"x", "harbor/__pycache__/rule.cpython-311.pyc": b"x", "harbor/.hid/x": b"x"}
    write_wheel(folder.path / FILE, parts)
    taken = found()["harbor"]
    kept = tmp_path / "store" / "harbor" / taken.digest
    assert files_below(kept) == {"harbor/plugin.toml", "harbor/rubrics/small.toml"}


def entry(name, kind=0):
    made = zipfile.ZipInfo(name)
    made.external_attr = kind << 16
    return made


def cut(path, parts):
    write_wheel(path, parts)
    path.write_bytes(path.read_bytes()[:-40])


def flipped(path, parts):
    """A byte of a stored file changes; the archive's own checksum notices."""
    write_wheel(path, parts | {"harbor/big.toml": bytes(range(256)) * 40})
    whole = bytearray(path.read_bytes())
    at = whole.index(b"harbor/big.toml") + 30
    whole[at] ^= 0xFF
    path.write_bytes(whole)


def changed(path, parts):
    """A file is swapped for another after the build."""
    held = {f"{INFO}/RECORD": record(parts, INFO)}
    write_wheel(path, parts | {"harbor/plugin.toml": parts["harbor/plugin.toml"] + b"#"} | held)


def unlisted(path, parts):
    write_wheel(path, parts, entries=[(entry("harbor/more.py"), b"print()")])


def unhashed(path, parts):
    lines = record(parts, INFO).decode().splitlines()
    bare = [f"{line.split(',')[0]},," if "plugin.toml" in line else line for line in lines]
    write_wheel(path, parts | {f"{INFO}/RECORD": "\n".join(bare).encode()})


def weakly_hashed(path, parts):
    write_wheel(path, parts | {f"{INFO}/RECORD": record(parts, INFO).replace(b"sha256=", b"md5=")})


def missing(path, parts):
    held = {f"{INFO}/RECORD": record(parts, INFO)}
    write_wheel(path, {name: one for name, one in parts.items() if "rubrics" not in name} | held)


def misread(path, parts):
    write_wheel(path, parts | {f"{INFO}/RECORD": b"\xff\xfe,,\n"})


def no_record(path, parts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def of_another_name(path, parts):
    others = {name.replace(INFO, "loom-1.0.dist-info"): content for name, content in parts.items()}
    write_wheel(path, others, info="loom-1.0.dist-info")


def two_packages(path, parts):
    write_wheel(path, parts | {"tests/test_rule.py": b""})


def two_entry_points(path, parts):
    write_wheel(
        path, parts | {f"{INFO}/entry_points.txt": b"[reviewhub.plugins]\na = harbor:A\nb = loom:B\n"}
    )


def strange_entry_points(path, parts):
    write_wheel(path, parts | {f"{INFO}/entry_points.txt": b"reviewhub.plugins\n\xff"})


def no_manifest(path, parts):
    write_wheel(path, {name: one for name, one in parts.items() if not name.endswith("plugin.toml")})


def nothing_but_info(path, parts):
    write_wheel(path, {name: one for name, one in parts.items() if not name.startswith("harbor/")})


def many(path, parts):
    write_wheel(path, parts | {f"harbor/n{n}": b"" for n in range(store.MOST_FILES)})


def many_listed(path, _parts):
    """More entries than anybody should read, of nothing each."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(12_000):
            archive.writestr(f"harbor/{'n' * 60}{number}", b"")


def many_in_zip64(path, parts):
    write_wheel(path, parts)
    whole = path.read_bytes()
    at = whole.rindex(b"PK\x05\x06")
    path.write_bytes(whole[:at] + b"PK\x06\x07" + bytes(16) + whole[at:])


def inflating(path, parts):
    write_wheel(path, parts | {"harbor/zeros": bytes(store.MOST_BYTES + 1)})


def heavy(path, _parts):
    with path.open("wb") as file:
        file.truncate(store.MOST_BYTES + 1)


def packed_otherwise(path, parts):
    odd = entry("harbor/odd.py")
    odd.compress_type = zipfile.ZIP_BZIP2
    write_wheel(path, parts, entries=[(odd, b"print()")])


def encrypted(path, parts):
    write_wheel(path, parts)
    whole = bytearray(path.read_bytes())
    at = whole.index(b"PK\x01\x02")
    whole[at + 8] |= 1
    path.write_bytes(whole)


def twice(path, parts):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_wheel(path, parts, entries=[(entry("harbor/Plugin.toml"), b"")])


def file_as_folder(path, parts):
    write_wheel(path, parts | {"harbor/one": b"", "harbor/one/two": b""})


def with_entry(name, kind=0):
    def broken(path, parts):
        write_wheel(path, parts, entries=[(entry(name, kind), b"/etc/passwd")])

    return broken


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (cut, "no whole zip archive"),
        (flipped, "no whole zip archive"),
        pytest.param(changed, "since it was built, says its RECORD: harbor/plugin.toml", id="changed"),
        (unlisted, "RECORD: harbor/more.py"),
        (unhashed, "RECORD: harbor/plugin.toml"),
        (weakly_hashed, "was changed since it was built"),
        (missing, "RECORD: harbor/rubrics/small.toml"),
        (misread, "Its RECORD cannot be read"),
        (no_record, "It is no wheel"),
        (of_another_name, "holds 'loom-1.0.dist-info'. Keep the name"),
        (two_packages, "more than one package: harbor, tests"),
        (two_entry_points, "Declare one entry point in the group reviewhub.plugins"),
        (strange_entry_points, "entry_points.txt cannot be read"),
        (no_manifest, "It holds no harbor/plugin.toml"),
        (nothing_but_info, "It holds no"),
        (many, "Ship at most 2000 files"),
        (many_listed, "Ship at most 2000 files"),
        (many_in_zip64, "Ship at most 2000 files"),
        (inflating, "Ship at most 20 MB, unpacked"),
        (heavy, "Ship at most 20 MB."),
        (packed_otherwise, "packed in a way that wheels are not"),
        (encrypted, "packed in a way that wheels are not"),
        (twice, "twice"),
        (file_as_folder, "cannot be read"),
        pytest.param(with_entry("../../evil.py"), "'..' is no name of a file", id="leads_out"),
        (with_entry("/etc/evil.py"), "'' is no name of a file"),
        (with_entry("harbor/../../evil.py"), "'..' is no name of a file"),
        (with_entry("harbor\\..\\evil.py"), "is no name of a file"),
        (with_entry("C:/evil.py"), "no path inside of it"),
        (with_entry("harbor/link", stat.S_IFLNK), "is a link or a device"),
        (with_entry("harbor/pipe", stat.S_IFIFO), "is a link or a device"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_wheel_is_set_aside_with_the_reason_and_no_other(
    folder, found, parts, tmp_path, breaks, words
):
    breaks(folder.path / FILE, parts)
    folder.write("good")
    before = files_below(tmp_path) | {"store"}
    both = found()
    assert words in said(both["harbor"])
    assert both["good"].problems == ()
    more = {name for name in files_below(tmp_path) - before if not name.startswith("store/good/")}
    assert more == set(), "nothing was written anywhere"


def test_a_small_number_before_gigabytes_is_not_believed(parts, tmp_path, monkeypatch):
    """What is read of a file is bounded by what the list says, whatever comes out of the packed bytes."""
    path = write_wheel(tmp_path / FILE, parts | {"harbor/zeros": bytes(1_000_000)})
    whole = path.read_bytes()
    for mark, size in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = whole.rindex(
            mark, 0, whole.rindex(b"harbor/zeros") if size == 24 else whole.index(b"harbor/zeros")
        )
        whole = whole[: at + size] + (10).to_bytes(4, "little") + whole[at + size + 4 :]
    path.write_bytes(whole)
    largest = []
    read = zipfile.ZipExtFile.read

    def measured(self, n=-1):
        assert n >= 0, "never all that there is"
        largest.append(n)
        return read(self, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", measured)
    with pytest.raises(store.Invalid):
        wheel.lay_out_wheel(path, tmp_path / "out")
    assert max(largest) < 5_000
