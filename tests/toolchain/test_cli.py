import os
import re

import pytest
from click.testing import CliRunner

from reviewhub.cli import main
from reviewhub.supervise import folder


@pytest.fixture
def run(tmp_path):
    env = {"REVIEWHUB_DATA": str(tmp_path / "data"), "REVIEWHUB_PUBLIC_URL": "http://127.0.0.1:8000"}
    return lambda *words, **more: CliRunner().invoke(main, words, env={**env, **more.pop("env", {})}, **more)


def test_help_names_every_command(run):
    done = run("--help")
    assert done.exit_code == 0
    for command in (
        "demo",
        "serve",
        "web",
        "worker",
        "ticker",
        "storage",
        "init",
        "audit",
        "person",
        "plugins",
        "db",
    ):
        assert re.search(rf"^  {command} ", done.output, re.MULTILINE), command


def test_init_makes_the_database_and_the_first_coordinator(run):
    done = run(
        "init",
        "--issuer",
        "acme",
        "--email",
        "kim@example.org",
        "--name",
        "Kim",
        input="a long pass phrase\n" * 2,
    )
    assert done.exit_code == 0, done.output
    assert "Kim coordinates acme and signs in with kim@example.org." in done.output
    assert "a long pass phrase" not in done.output
    whole = run("audit", "verify")
    assert whole.exit_code == 0, whole.output


def test_init_gives_a_link_where_no_password_is_to_be_typed(run):
    done = run("init", "--issuer", "acme", "--email", "kim@example.org", "--name", "Kim", "--link")
    assert re.search(r"http://127\.0\.0\.1:8000/choose-password/\S{20,}", done.output), done.output


def test_every_wrong_input_is_told_at_once_without_a_trace(run):
    done = run("init", "--issuer", "A B", "--email", "kim", "--name", "", "--link")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert {"issuer", "email", "name"} <= set(re.findall(r"(\w+): ", done.output))


def test_a_wrong_variable_is_named(run):
    done = run("db", "upgrade", env={"REVIEWHUB_PORT": "eighty"})
    assert done.exit_code == 1
    assert "REVIEWHUB_PORT" in done.output
    assert "eighty" in done.output


def test_a_plugin_folder_that_is_missing_is_named(run, tmp_path):
    assert run("db", "upgrade").exit_code == 0
    done = run("plugins", "sync", env={"REVIEWHUB_PLUGINS": str(tmp_path / "nowhere")})
    assert done.exit_code == 1
    assert "nowhere" in done.output


def test_the_demo_leaves_a_folder_with_other_things_alone(run, tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    done = run("demo", "--data", str(tmp_path), "--fresh")
    assert done.exit_code == 1
    assert "not a ReviewHub folder" in done.output
    assert (tmp_path / "letter.txt").exists()


def test_a_demo_is_never_served_as_a_real_server(run, tmp_path):
    data = tmp_path / "data"
    os.close(folder.claim(data))
    (data / "demo").write_text("filled")
    done = run("serve")
    assert done.exit_code == 1
    assert "holds a demo" in done.output
    os.close(folder.claim(data))  # the folder is free again


def test_a_demo_is_not_started_on_files_that_are_elsewhere(run, tmp_path):
    data = tmp_path / "data"
    os.close(folder.claim(data))
    (data / "storage").write_text("local")
    done = run("demo", "--data", str(data), "--s3")
    assert done.exit_code == 1
    assert "was filled without --s3" in done.output
