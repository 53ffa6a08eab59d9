"""What gets loaded when little is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "aiohttp",
    "asyncio",
    "bleak",
    "bumble",
    "importlib.metadata",
    "numpy",
    "PIL",
    "rich",
    "textual",
    "tomlkit",
)


def loaded_by(code: str) -> set[str]:
    """Return the names of `HEAVY`, and of the project, that a fresh interpreter has loaded after the code."""
    program = f"""
import sys
before = set(sys.modules)
try:
    {code}
except SystemExit:
    pass
print("\\n".join(sorted(set(sys.modules) - before)), file=sys.stderr)
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(answer.stderr.splitlines())


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(option: str) -> None:
    loaded = loaded_by(f"import remotelens.cli.main as m; m.main([{option!r}])")
    assert not {name for name in HEAVY if name in loaded}


def test_shell_completion_loads_nothing_heavy() -> None:
    loaded = loaded_by(
        "import os; os.environ.update(_REMOTELENS_COMPLETE='bash_complete');"
        "os.environ.update(COMP_WORDS='remotelens s', COMP_CWORD='1');"
        "import remotelens.cli.main as m; m.main([])"
    )
    assert not {name for name in HEAVY if name in loaded}


def test_importing_the_package_loads_nothing_else_of_it() -> None:
    loaded = loaded_by("import remotelens")
    assert {name for name in loaded if name.startswith("remotelens")} == {"remotelens"}


def test_the_emulator_loads_only_protocol_and_errors_of_the_client() -> None:
    loaded = loaded_by(
        "import pkgutil, importlib, emulator;"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(emulator.__path__, 'emulator.')"
        " if not m.name.endswith('__main__')]"
    )
    client = {name for name in loaded if name.startswith("remotelens")}
    foreign = {
        name
        for name in client
        if name not in {"remotelens", "remotelens.errors", "remotelens.version"}
        and not name.startswith("remotelens.protocol")
    }
    assert not foreign
    assert "remotelens.protocol.wifi.values" not in client


def test_the_client_never_loads_the_emulator() -> None:
    loaded = loaded_by(
        "import pkgutil, importlib, remotelens;"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(remotelens.__path__, 'remotelens.')"
        " if not m.name.endswith('__main__')]"
    )
    assert not {name for name in loaded if name.split(".")[0] == "emulator"}


def test_the_pytest_plugin_loads_nothing_heavy_until_a_fixture_is_used() -> None:
    loaded = loaded_by("import emulator.pytest_plugin")
    assert not {name for name in ("aiohttp", "numpy", "bleak", "bumble", "PIL") if name in loaded}
