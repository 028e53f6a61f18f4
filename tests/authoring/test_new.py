import os
import subprocess
import sys
import tomllib

import pytest

ANSWERS = {
    "--issuer": "My Organisation",
    "--contact-name": "Ada Field",
    "--contact-email": "ada@my.example",
    "--name": "First Aid",
    "--evidence": "file",
    "--criteria": "The right order; Stay calm",
    "--levels": "Not yet; Nearly; Met",
}


@pytest.fixture
def new(run, tmp_path):
    def make(folder="mine", code=False, **more):
        given = ANSWERS | {f"--{key.replace('_', '-')}": value for key, value in more.items()}
        words = [word for pair in given.items() for word in pair]
        return run("new", tmp_path / folder, "--code" if code else "--no-code", *words)

    return make


@pytest.fixture
def run_pytest(tmp_path, pytestconfig):
    """pytest on a plugin as an issuer runs it, who has ReviewHub installed: found by the entry point."""
    entries = tomllib.loads((pytestconfig.rootpath / "pyproject.toml").read_text())["project"]["entry-points"]
    info = tmp_path / "site" / "reviewhub_as_installed-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: reviewhub-as-installed\nVersion: 1.0\n")
    lines = [f"{name} = {goal}" for name, goal in entries["pytest11"].items()]
    (info / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines]))
    path = os.pathsep.join([str(info.parent), str(pytestconfig.rootpath)])
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}

    def run(folder):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
        return subprocess.run(
            command, cwd=folder, env=env | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
        )

    return run


def test_the_questions_are_asked_and_answered(run, tmp_path):
    answers = ["Mine", "Ada", "ada@my.example", "First Aid", "text", "Order", "", "n"]
    done = run("new", tmp_path / "mine", input="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert run("check", tmp_path / "mine").output == "first-aid 1.0: 1 criteria. Nothing to mend.\n"


@pytest.mark.parametrize("code", [False, True])
@pytest.mark.parametrize("evidence", ["file", "text", "link"])
def test_what_is_written_passes_check(new, run, tmp_path, evidence, code):
    done = new(evidence=evidence, code=code)
    assert done.exit_code == 0, done.output
    assert run("check", tmp_path / "mine").output == "first-aid 1.0: 2 criteria. Nothing to mend.\n"
    assert (tmp_path / "mine" / "rule.py").exists() is code


@pytest.mark.parametrize("code", [False, True])
def test_its_test_passes(new, run_pytest, tmp_path, code):
    assert new(code=code).exit_code == 0
    done = run_pytest(tmp_path / "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_its_test_fails_when_the_rule_is_another(new, run_pytest, tmp_path):
    new(code=True)
    rule = tmp_path / "mine" / "rule.py"
    rule.write_text(rule.read_text().replace('else "not_yet"', 'else "met"'))
    assert run_pytest(tmp_path / "mine").returncode == 1


@pytest.mark.slow
def test_its_code_is_clean_for_mypy_strict_and_ruff(new, tmp_path, pytestconfig):
    pytest.importorskip("mypy")
    new(code=True)
    for tool in (["mypy", "--strict", "rule.py"], ["ruff", "check", "."], ["ruff", "format", "--check", "."]):
        done = subprocess.run(
            [sys.executable, "-m", *tool],
            cwd=tmp_path / "mine",
            env={"MYPYPATH": str(pytestconfig.rootpath)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_names_that_are_no_ids_become_some(new, run, run_pytest, tmp_path):
    done = new(
        name='"Zwölf" Äpfel \\ & mehr',
        issuer="语言",
        criteria="class; without; 3 dots; 语言; 语言; “Q” \x07 x",
        levels="No; Yes; yes!",
    )
    assert done.exit_code == 0, done.output
    assert run("check", tmp_path / "mine").exit_code == 0
    rubric = tomllib.loads((tmp_path / "mine" / "rubrics" / "zwolf-apfel-mehr.toml").read_text())
    assert rubric["about"]["name"] == '"Zwölf" Äpfel \\ & mehr'
    criteria = rubric["parts"][0]["criteria"]
    assert [one["id"] for one in criteria] == [
        "criterion_class",
        "criterion_without",
        "criterion_3_dots",
        "criterion",
        "criterion_2",
        "q_x",
    ]
    assert [one["id"] for one in criteria[0]["levels"]] == ["no", "yes", "yes_2"]
    assert run_pytest(tmp_path / "mine").returncode == 0


def test_answers_that_make_no_rubric_leave_nothing_behind(new, tmp_path):
    done = new(criteria=";", contact_email="ada", levels="One")
    assert done.exit_code == 1
    assert "issuer.contact_email" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(new, tmp_path):
    (tmp_path / "mine").mkdir()
    assert new().exit_code == 0
    before = sorted(tmp_path.rglob("*"))
    done = new()
    assert done.exit_code == 1
    assert "not empty" in done.output
    assert sorted(tmp_path.rglob("*")) == before
