from __future__ import annotations

import contextlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remotelens.config.cameras import KnownCamera, KnownCameras, check_name, load_cameras, save_cameras
from remotelens.errors import ConfigError, InvalidValue

QX = KnownCamera(
    name="qx",
    model="DSC-QX10",
    description_url="http://10.0.0.1:64321/DmsRmtDesc.xml",
    ssid='DIRECT-qd Q0:"DSC"-QX10 é',
    key="aB3dE5gH",
    ble_address="C0:00:00:00:00:01",
    added_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cameras.toml"
    path.write_text(text, "utf-8")
    return path


def test_no_file_means_no_cameras(tmp_path: Path) -> None:
    assert dict(load_cameras(tmp_path / "cameras.toml")) == {}


def test_what_was_saved_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    other = KnownCamera(name="two.1")
    save_cameras(KnownCameras().including(QX).including(other), path)
    assert list(load_cameras(path).values()) == [QX, other]


def test_what_a_person_wrote_around_the_cameras_stays(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '# mine\n[cameras.qx]  # north window\nmodel = "old"  # the small one\nusn = "1"\n'
        '# its network\nssid = "D"\n'
        '\n# lent to Ada\n[cameras.two]\ninterface = "wlan1"\n# the end\n',
    )
    added = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    changed = KnownCamera(name="qx", model="DSC-QX10", ssid="D", key="aB3dE5gH", added_at=added)
    cameras = load_cameras(path).including(changed).including(KnownCamera(name="new", model="ILCE-QX1"))
    save_cameras(cameras, path)
    assert load_cameras(path) == cameras
    assert path.read_text("utf-8") == (
        '# mine\n[cameras.qx]  # north window\nmodel = "DSC-QX10"  # the small one\n# its network\n'
        'ssid = "D"\nkey = "aB3dE5gH"\nadded_at = 2026-01-02T03:04:05Z\n\n# lent to Ada\n[cameras.two]\n'
        'interface = "wlan1"\n# the end\n\n[cameras.new]\nmodel = "ILCE-QX1"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "# nothing yet\n",
        '[cameras]\nqx.model = "a" # c\n',
        'cameras = {qx = {model = "a"}}\n',
        '[cameras.qx]\nmodel = "a"\n[cameras]\n',
        '[cameras.qx]\r\nmodel = "a" # c\r\n',
        "[cameras",
    ],
)
def test_cameras_are_kept_whatever_the_file_looks_like(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    save_cameras(KnownCameras((QX, KnownCamera(name="two.1"))), path)
    assert list(load_cameras(path).values()) == [QX, KnownCamera(name="two.1")]


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")
def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    save_cameras(KnownCameras((QX,)), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_written_by_hand_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, '[cameras.qx]\nmodel = "DSC-QX10"\nadded_at = 2026-01-02 03:04:05\n')
    camera = load_cameras(path)["qx"]
    assert camera.model == "DSC-QX10"
    assert camera.added_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_adding_under_a_taken_name_replaces_it_in_its_place() -> None:
    cameras = KnownCameras((QX, KnownCamera(name="two")))
    changed = cameras.including(KnownCamera(name="qx", model="new"))
    assert [camera.model for camera in changed.values()] == ["new", None]
    assert list(changed.without("qx")) == ["two"]
    assert cameras["qx"] is QX


def test_a_key_shows_nowhere() -> None:
    assert QX.key is not None
    assert QX.key not in repr(QX)
    assert QX.key not in repr(KnownCameras((QX,)))
    assert QX.key not in str(QX.shown())
    assert QX.shown()["key_stored"] is True


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[cameras.qx]\nmodel = "a"\nssid = \n', 3, "is not TOML: invalid value"),
        ('[cameras.qx]\n\nsid = "x"\n', 3, "'sid' is not known here; did you mean ssid"),
        ('[cameras.one]\nssid = "x"\n[cameras.qx]\nmodel = "a"\nssid = 5\n', 5, "'ssid' must be text"),
        ('[cameras.qx]\n"added_at" = "today"\n', 2, "'added_at' must be a date"),
        ('# one\n[cameras."a b"]\n', 2, "'a b' cannot be a camera's name"),
        ("schema = 2\n", 1, "is of a schema"),
        ("\ncameras = 1\n", 2, "'cameras' must be a table"),
        ("[cameras]\nqx = 1\n", 2, "'qx' must be a table"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_cameras(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert words in str(caught.value)


def test_a_mistake_beside_a_key_does_not_show_the_key(tmp_path: Path) -> None:
    path = write(tmp_path, '[cameras.qx]\nkey = "aB3dE5gH" x\n')
    with pytest.raises(ConfigError) as caught:
        load_cameras(path)
    assert "aB3dE5gH" not in str(caught.value)


def test_a_file_that_ends_too_early_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at its end: is not TOML"):
        load_cameras(write(tmp_path, '[cameras.qx]\nmodel = """'))


def test_a_file_of_other_bytes_and_one_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "cameras.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_cameras(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_cameras(tmp_path)


@pytest.mark.parametrize(
    "name", ["", "a b", "ble:1", "x=1", "-x", "10.0.0.1:80", "http://x", "a" * 65, "camera.x"]
)
def test_a_name_that_would_be_taken_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be a camera's name"):
        check_name(name)


@given(st.text(max_size=200))
def test_any_text_is_cameras_or_a_config_error(text: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "cameras.toml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        with contextlib.suppress(ConfigError):
            load_cameras(path)
