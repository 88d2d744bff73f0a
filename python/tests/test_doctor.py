"""Settings: what to enter where, and whether what was entered is right."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Optional

import oauthsift
import pytest
from fleet_data import zip_of
from logs import FAILURE
from test_package import ROOT, cli

CASES = ROOT / "tests" / "settings" / "cases"
WRONG = CASES / "14-secret-id-in-place-of-value.toml"
#: The Secret ID in it.
SECRET = "3f1c9a52-7d4e-4b8a-9c06-5e2f8a1b7c3d"
TIME = "2026-06-01T00:00:00Z"
LOG = FAILURE if isinstance(FAILURE, bytes) else FAILURE.encode()


def program(*arguments: str) -> str:
    environment = {"SOURCE_DATE_EPOCH": "1780272000", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [str(cli()), *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    )
    return done.stdout.decode()


def verdicts(report: oauthsift.DoctorReport) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    for check in report.checks:
        found.setdefault(check.id, []).append(check.verdict)
    return found


@pytest.mark.parametrize("format", ["json", "markdown", "html"])
@pytest.mark.parametrize("with_log", [False, True])
def test_a_report_is_the_one_of_the_program(tmp_path: Path, format: str, with_log: bool) -> None:
    paths = [str(WRONG)]
    if with_log:
        log = tmp_path / "atlassian-jira.log"
        log.write_bytes(LOG)
        paths.append(str(log))
    report = oauthsift.doctor(paths, generated_at=TIME)
    assert getattr(report, f"to_{format}")() == program("doctor", *paths, "--format", format)
    assert (report.logs is not None) == with_log


def test_settings_are_read_from_paths_bytes_and_files() -> None:
    content = WRONG.read_bytes()
    expected = verdicts(oauthsift.doctor(WRONG))
    assert expected["client.secret"] == ["problem"]
    for source in (content, io.BytesIO(content), ("settings.toml", content), NotSeekable(content)):
        assert verdicts(oauthsift.doctor(source)) == expected
    setenv = b'JVM_SUPPORT_RECOMMENDED_ARGS="-Dhttp.proxyHost=p"\n'
    support = zip_of({"logs/atlassian-jira.log": LOG, "setenv.sh": setenv})
    report = oauthsift.doctor([("support.zip", io.BytesIO(support)), WRONG])
    assert report.logs is not None and report.logs.summary.findings == 1


class NotSeekable:
    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int) -> bytes:
        return self._content.read(size)


def test_no_text_of_a_report_holds_a_secret() -> None:
    report = oauthsift.doctor(WRONG)
    for text in (str(report), repr(report), report.to_json(), report.to_html(), report.to_markdown()):
        assert SECRET not in text


def test_a_file_without_settings_is_an_error_with_its_name(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("nothing\n", "utf-8")
    missing = tmp_path / "missing.toml"
    for path in (notes, missing):
        with pytest.raises(oauthsift.SettingsError, match=path.name) as raised:
            oauthsift.doctor([WRONG, path])
        assert raised.value.path == str(path)
        assert raised.value.report is not None and raised.value.report.verdict == "problem"
        assert oauthsift.doctor([WRONG, path], errors="keep").verdict == "problem"
        with pytest.raises(oauthsift.SettingsError, match=path.name):
            oauthsift.scan(LOG, settings=path)


def test_a_log_that_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    log = tmp_path / "atlassian-jira.log"
    with pytest.raises(oauthsift.InputError) as raised:
        oauthsift.doctor([WRONG, log])
    assert raised.value.kind == "not-found" and raised.value.path == str(log)


def test_a_scan_with_settings_says_what_they_have_to_do_with_the_incidents(tmp_path: Path) -> None:
    log = tmp_path / "atlassian-jira.log"
    log.write_bytes(LOG.replace(b"AADSTS7000215: Invalid client secret", b"AADSTS50194: Not a multi-tenant application"))
    settings = CASES / "15-single-tenant-on-common.toml"
    report = oauthsift.scan(log, settings=settings, generated_at=TIME)
    expected = program("scan", str(log), "--settings", str(settings), "--format", "json")
    assert report.to_json() == expected
    without = oauthsift.scan(log, generated_at=TIME).to_json()
    assert expected != without


@pytest.mark.parametrize(
    "choice",
    [
        {"cloud": "gcc-high", "tenant": "single", "tenant_id": "contoso.example"},
        {"cloud": None, "base_url": "https://jira.example.com", "jira": "9.12"},
    ],
)
def test_a_recommendation_is_the_one_of_the_program(choice: Dict[str, Optional[str]]) -> None:
    one = oauthsift.settings("microsoft", "imap", **choice)  # type: ignore[arg-type]
    options = [part for name, value in choice.items() if value for part in (f"--{name.replace('_', '-')}", value)]
    command = ["settings", "--provider", "microsoft", "--protocol", "imap", *options]
    assert one.to_json() == program(*command, "--format", "json")
    assert one.to_markdown() == program(*command, "--format", "markdown")
    data: Dict[str, Any] = json.loads(one.to_json())
    assert one.scopes == data["scopes"] and one.screens[0].fields[0].name
    assert one.token_endpoint in str(one)


def test_a_choice_that_does_not_exist_says_what_there_is() -> None:
    with pytest.raises(ValueError, match="imap"):
        oauthsift.settings("microsoft", "nntp")
