"""The set-up step checks what it fetched and repeats nothing."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

from scripts import environment
from tests.helpers.sources import PROJECT


@pytest.fixture
def small_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the step at one listed file of a package folder in a temporary place."""
    content = b"run()\n"
    listed = {"a.js": {"from": "npm:pkg/a.js", "sha256": hashlib.sha256(content).hexdigest()}}
    (tmp_path / "vendor.json").write_text(json.dumps(listed))
    package = tmp_path / "node_modules" / "pkg"
    package.mkdir(parents=True)
    (package / "a.js").write_bytes(b"run()\n//# sourceMappingURL=a.js.map\n")
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    monkeypatch.setattr(environment, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(environment, "VENDOR_LIST", tmp_path / "vendor.json")
    return tmp_path


def test_listed_files_are_copied_without_their_source_map_line(small_list: Path):
    environment.copy_vendor_files()

    assert (small_list / "vendor" / "a.js").read_bytes() == b"run()\n"
    assert environment.vendor_problems() == []


def test_a_missing_file_is_named(small_list: Path):
    assert environment.vendor_problems() == ["a.js: missing"]


def test_a_file_with_other_contents_is_named(small_list: Path):
    environment.copy_vendor_files()
    (small_list / "vendor" / "a.js").write_bytes(b"steal()\n")

    assert environment.vendor_problems() == ["a.js: other contents than scripts/vendor.json says"]


def test_the_browser_files_of_this_checkout_are_the_listed_ones():
    assert environment.vendor_problems() == []


def test_a_stamp_holds_until_its_inputs_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment, "VENV", tmp_path)
    pins = tmp_path / "base.txt"
    pins.write_text("django==5.2.19\n")
    environment.stamp("base", environment.digest(pins))

    assert environment.stamped("base", environment.digest(pins))
    pins.write_text("django==5.2.20\n")
    assert not environment.stamped("base", environment.digest(pins))


@pytest.mark.parametrize("name", ["base", "dev", "exact", "database", "node", "uv"])
def test_every_pinned_package_has_hashes_and_no_address(name: str):
    text = (PROJECT / "requirements" / f"{name}.txt").read_text()
    entries = text.replace("\\\n", " ").splitlines()

    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_the_exact_step_adds_to_the_base_without_changing_a_version():
    def pins(name: str) -> set[str]:
        lines = (PROJECT / "requirements" / f"{name}.txt").read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if "==" in line}

    added = {line.partition("==")[0] for line in pins("exact") - pins("base")}

    assert added == {"absl-py", "immutabledict", "ortools", "protobuf"}
    assert pins("base") < pins("exact") < pins("dev")


def test_the_lock_file_of_the_browser_files_names_no_host():
    text = (PROJECT / "package-lock.json").read_text()

    assert "://" not in text
    assert "integrity" in text


def test_a_python_that_cannot_make_environments_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(environment, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(os, "getuid", lambda: 1000)

    with pytest.raises(environment.CannotPrepare, match=r"apt-get install python3\.\d+-venv"):
        environment.make_venv()


def test_a_python_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 2))

    with pytest.raises(environment.CannotPrepare, match=r"this is 3\.10\.2"):
        environment.check_python()
