"""The design system keeps its promises: contrast, colours in one place, nothing inline, known files."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "reviewhub" / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: (light, dark) for name, light, dark in TOKEN.findall((STATIC / "css/tokens.css").read_text())}

TEXT_ON = [
    *[("ink", ground) for ground in ("paper", "panel", "sunk")],
    *[("ink", f"{ground}-weak") for ground in ("accent", "met", "mend", "stop")],
    *[("ink-2", ground) for ground in ("paper", "panel", "sunk")],
    *[("accent", ground) for ground in ("paper", "panel", "sunk", "accent-weak")],
    *[("stop", ground) for ground in ("paper", "panel", "stop-weak")],
    ("accent-ink", "accent"), ("accent-ink", "accent-hover"), ("stop-ink", "stop"), ("panel", "ink"),
    ("met", "met-weak"), ("mend", "mend-weak"), ("mark-ink", "mark"), ("accent-hover", "panel"),
]  # fmt: skip
SHAPE_ON = [
    (shape, ground) for shape in ("line-2", "focus", "met", "accent") for ground in ("paper", "panel")
]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_has_aa_contrast(ink, ground, scheme):
    assert contrast(TOKENS[ink][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON)
def test_shapes_that_mean_something_can_be_seen(shape, ground, scheme):
    assert contrast(TOKENS[shape][scheme], TOKENS[ground][scheme]) >= 3


def test_browsers_without_light_dark_get_the_light_colours():
    css = (STATIC / "css/tokens.css").read_text()
    for name, (light, _) in TOKENS.items():
        assert f"--{name}: {light};" in css


def test_only_tokens_hold_colours():
    # The white paper of evidence, its highlight, the shade behind a dialog, lines in print.
    allowed = {"#fff", "#20262c", "#ffe9a3", "#14181c80", "#999"}
    for sheet in (STATIC / "css").glob("*.css"):
        if sheet.name != "tokens.css":
            assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text())) <= allowed, sheet.name


def test_every_class_variable_used_exists():
    declared = set(re.findall(r"(--[\w-]+):", (STATIC / "css/tokens.css").read_text()))
    for sheet in (STATIC / "css").glob("*.css"):
        assert set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text())) <= declared, sheet.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_nothing_inline_in_templates(path):
    html = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\sstyle\s*=|<style|\son\w+\s*=\s*[\"']|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_every_posted_form_carries_its_token(path):
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), flags=re.DOTALL):
        assert "csrf()" in form


def test_vendored_files_are_what_the_list_says():
    listed = dict(
        re.findall(
            r"^\| `([^`]+)`.*`(\w{64})` \|$", (STATIC / "vendor/VENDORED.md").read_text(), re.MULTILINE
        )
    )
    present = {f.name for f in (STATIC / "vendor").iterdir() if f.suffix not in {".md", ".txt"}}
    assert set(listed) == present
    for name, expected in listed.items():
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == expected
