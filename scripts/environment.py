"""Prepare this checkout: Python packages, browser files, translations, Chromium.

Standard library only, as nothing is installed yet. Every step leaves a stamp with the hash of what
it was made from, and is skipped while that hash stands.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
REQUIREMENTS = PROJECT / "requirements"
VENDOR = PROJECT / "static" / "vendor"
VENDOR_LIST = PROJECT / "scripts" / "vendor.json"
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SOURCE_MAP = re.compile(rb"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*\Z")


class CannotPrepare(RuntimeError):
    """A step that can't be done on this machine; the text says what to install."""


def say(text: str) -> None:
    """Print one line at once, so that logs keep their order."""
    print(text, flush=True)


def run(command: Iterable[str | Path], **options: object) -> None:
    """Run a program in the project; raise when it fails."""
    subprocess.run([str(part) for part in command], cwd=PROJECT, check=True, **options)  # type: ignore[call-overload]  # options pass through


def succeeds(command: Iterable[str | Path]) -> bool:
    """Run a program in the project and return whether it succeeded; what it says is not shown."""
    parts = [str(part) for part in command]
    done = subprocess.run(parts, cwd=PROJECT, check=False, capture_output=True)
    return done.returncode == 0


def digest(*paths: Path) -> str:
    """Return one hash over the contents of files and the Python that runs us."""
    total = hashlib.sha256(".".join(map(str, sys.version_info[:3])).encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def stamped(name: str, value: str) -> bool:
    """Return whether the step left this stamp."""
    stamp = VENV / f".stamp-{name}"
    return stamp.exists() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    """Note that the step was done for these inputs."""
    (VENV / f".stamp-{name}").write_text(value)


# --- Python ----------------------------------------------------------------------------------


def check_python() -> None:
    """Refuse a Python that the pinned packages don't support."""
    if not OLDEST_PYTHON <= sys.version_info[:2] <= NEWEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise CannotPrepare(
            f"Python 3.11 to 3.13 is needed, this is {have}: `make PYTHON=python3.11 …`."
        )


def apt_install(*packages: str) -> bool:
    """Install Debian packages when we may; return whether it was tried and worked."""
    if os.name == "nt" or os.getuid() != 0 or shutil.which("apt-get") is None:
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            return False
    return True


def make_venv() -> None:
    """Create .venv; Debian keeps that part of Python in a package of its own."""
    if PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        say(f"-- {name} by apt")
        if not apt_install(name):
            raise CannotPrepare(f"This Python can't make environments: `apt-get install {name}`.")
    say("-- environment .venv")
    run([sys.executable, "-m", "venv", VENV])


def install(requirements: str) -> None:
    """Install exactly the pinned packages of requirements/<name>.txt, hashes checked."""
    pins = REQUIREMENTS / f"{requirements}.txt"
    if stamped(requirements, digest(pins)):
        return
    say(f"-- Python packages: requirements/{requirements}.txt")
    uv = BIN / "uv"
    if not uv.exists():
        tool = REQUIREMENTS / "uv.txt"
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", tool], cwd=PROJECT, check=False)
    with_uv = [uv, "pip", "install", "-q", "--python", PYTHON, "--require-hashes", "-r", pins]
    with_pip = [PYTHON, "-m", "pip", "install", "-q", "--require-hashes", "-r", pins]
    # Behind a company's proxy only the certificates of the machine are of use.
    tries = (with_uv, [*with_uv, "--system-certs"]) if uv.exists() else ()
    if not any(succeeds(command) for command in tries):
        run(with_pip)
    stamp(requirements, digest(pins))


def prepare_python(*, for_tests: bool) -> None:
    """Make the environment and install what running, or testing, needs."""
    check_python()
    make_venv()
    if not for_tests and stamped("dev", digest(REQUIREMENTS / "dev.txt")):
        return
    install("dev" if for_tests else "base")


# --- Browser files -----------------------------------------------------------------------------


def vendor_files() -> dict[str, dict[str, str]]:
    """Return the listed browser files: name in static/vendor -> where from, SHA-256."""
    return json.loads(VENDOR_LIST.read_text())


def vendor_problems() -> list[str]:
    """Return every listed file that is missing in static/vendor or is not the listed one."""
    problems = []
    for name, entry in vendor_files().items():
        path = VENDOR / name
        if not path.exists():
            problems.append(f"{name}: missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            problems.append(f"{name}: other contents than scripts/vendor.json says")
    return problems


def npm() -> list[str]:
    """Return the npm to call: the machine's own, else that of a wheel."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    install("node")
    return [str(BIN / "npm")]


def npm_environment() -> dict[str, str]:
    """Return the environment for npm: the machine's certificates are trusted besides its own."""
    extra = {}
    if SYSTEM_CERTIFICATES.exists():
        extra["NODE_EXTRA_CA_CERTS"] = str(SYSTEM_CERTIFICATES)
    return {**extra, **os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}


def source_of(entry: dict[str, str]) -> Path:
    """Return where a listed file was fetched to."""
    kind, _, rest = entry["from"].partition(":")
    if kind == "npm":
        return PROJECT / "node_modules" / rest
    return next(VENV.glob("lib/python*/site-packages")) / rest


def copy_vendor_files(*, learn: bool = False) -> None:
    """Copy the listed files without their source map lines; `learn` writes their hashes down."""
    listed = vendor_files()
    for name, entry in listed.items():
        content = SOURCE_MAP.sub(b"\n", source_of(entry).read_bytes())
        if learn:
            entry["sha256"] = hashlib.sha256(content).hexdigest()
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    if learn:
        VENDOR_LIST.write_text(json.dumps(listed, indent=2) + "\n")


def prepare_browser_files() -> None:
    """Fetch the packages of package-lock.json and copy what pages and documents load."""
    if not vendor_problems():
        return
    say("-- browser files: npm ci")
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run([*npm(), "ci", *quiet], env=npm_environment(), stdout=subprocess.DEVNULL)
    copy_vendor_files()
    problems = vendor_problems()
    if problems:
        raise CannotPrepare("Browser files differ from the list:\n  " + "\n  ".join(problems))


# --- Translations, database, Chromium ----------------------------------------------------------


def prepare_translations() -> None:
    """Compile the catalogues with Babel, so that gettext isn't needed."""
    catalogues = sorted((PROJECT / "locale").glob("*/LC_MESSAGES/*.po"))
    wanted = digest(*catalogues)
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues)
    if compiled and stamped("translations", wanted):
        return
    say("-- translations")
    run([PYTHON, "-m", "scripts.messages", "compile"])
    stamp("translations", wanted)


def chromium() -> str | None:
    """Return the Chromium of this machine, if any."""
    named = os.environ.get("QUAYSIDE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def prepare_chromium() -> str:
    """Return Chromium, installed through apt when it is missing and we may.

    Raises:
        CannotPrepare: there is none and we can't install it.
    """
    if chromium() is None:
        say("-- Chromium by apt")
        apt_install("chromium")
    found = chromium()
    if found is None:
        raise CannotPrepare(
            "No Chromium: install it, or name one in QUAYSIDE_CHROMIUM. Run as root, apt does it."
        )
    return found


def prepare(*, for_tests: bool) -> None:
    """Do every step that running, or testing, needs; fresh steps cost nothing."""
    prepare_python(for_tests=for_tests)
    prepare_browser_files()
    prepare_translations()
