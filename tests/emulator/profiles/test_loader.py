"""The profiles as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.profiles import Certainty, ProfileError, load, load_lens, names
from emulator.profiles.model import EXPOSURE_LETTERS, Profile, mode_name

ALL = names()


@pytest.fixture(params=ALL)
def profile(request: pytest.FixtureRequest) -> Profile:
    name: str = request.param
    return load(name)


def test_the_wanted_cameras_are_there() -> None:
    assert ALL == (
        "12S-ULTRA@1.00",
        "CONCEPT-M@1.00",
        "DSC-QX10@1.00",
        "DSC-QX10@3.00",
        "DSC-QX100@1.00",
        "DSC-QX100@3.00",
        "DSC-QX30@1.00",
        "ILCE-QX1@1.10",
        "SONY-FULL@1.00",
        "XPERIA-PRO-I@1.00",
    )


def test_a_model_alone_means_its_newest_firmware() -> None:
    assert load("DSC-QX10").name == "DSC-QX10@3.00"
    assert load("dsc-qx100").name == "DSC-QX100@3.00"
    assert load("DSC-QX10") is load("DSC-QX10@3.00")


def test_an_unknown_name_names_those_there_are() -> None:
    with pytest.raises(ProfileError, match=r"no profile 'DSC-QX11'; there are .*ILCE-QX1@1\.10"):
        load("DSC-QX11")
    with pytest.raises(ProfileError, match="no lens"):
        load_lens("NIFTY50")


def test_every_fact_has_an_origin(profile: Profile) -> None:
    groups = ("network", "sensor", "stills", "movie", "liveview", "timings", "rules", "events", "power")
    for group in groups:
        facts = getattr(profile, group)
        for name in facts.__struct_fields__:
            paths = [path for path in profile.about if path.startswith(f"{group}.{name}")]
            assert paths or getattr(facts, name) == {}, f"{profile.name}: {group}.{name}"
    for setting in profile.settings:
        assert any(path.startswith(f"settings.{setting}.") for path in profile.about)


def test_only_cameras_that_were_recorded_claim_it(profile: Profile) -> None:
    recorded = sum(fact.certainty is Certainty.RECORDED for fact in profile.about.values())
    assert (recorded > 0) == (profile.model in ("DSC-QX10", "DSC-QX100", "ILCE-QX1") and recorded > 0)
    if profile.model == "DSC-QX30" or not profile.product:
        assert recorded == 0


def test_what_a_camera_that_does_not_exist_inherits_is_assumed() -> None:
    unreal = {name for name in ALL if not load(name).product}
    assert unreal == {"12S-ULTRA@1.00", "CONCEPT-M@1.00", "SONY-FULL@1.00", "XPERIA-PRO-I@1.00"}
    for name in unreal:
        inherited = [fact for fact in load(name).about.values() if "(of " in fact.source]
        assert inherited, name
        assert {fact.certainty for fact in inherited} == {Certainty.ASSUMED}
        assert any(word in load(name).note for word in ("No product", "Fictional"))


def test_settings_make_sense(profile: Profile) -> None:
    shoot_modes = profile.settings["ShootMode"].supported
    exposure_modes = profile.settings["ExposureMode"].supported
    assert set(exposure_modes) <= set(EXPOSURE_LETTERS)
    modes = [mode_name(shoot, exposure) for shoot in shoot_modes for exposure in exposure_modes]
    for name, setting in profile.settings.items():
        if name not in ("WhiteBalance", "ExposureCompensation", "ProgramShift"):
            assert setting.default in setting.supported, name
            for candidates in setting.candidates.values():
                assert set(map(str, candidates)) <= set(map(str, setting.supported)), name
        assert any(setting.is_shown(mode) for mode in modes), name


def test_sizes_are_known_for_every_still_size(profile: Profile) -> None:
    for aspect, size in profile.settings["StillSize"].supported:
        width, height = profile.pixels(aspect, size)
        across, down = (float(side) for side in aspect.split(":"))
        assert width / height == pytest.approx(across / down, rel=0.01)
        assert aspect in profile.stills.postview
        assert aspect in profile.liveview.sizes
    with pytest.raises(KeyError):
        profile.pixels("9:16", "1M")


def test_family_a_lists_its_methods_in_the_order_of_their_names(profile: Profile) -> None:
    methods = profile.services["camera"].methods
    if profile.family == "A":
        assert list(methods) == sorted(methods)
    else:
        assert methods[-2:] == ("getMethodTypes", "getVersions")
    assert len(set(methods)) == len(methods)
    assert len(set(profile.available)) == len(profile.available)


def test_every_method_can_be_available_but_the_focus_mode_of_the_qx10(profile: Profile) -> None:
    never = set(profile.services["camera"].methods) - set(profile.available)
    focus = {"setFocusMode", "getFocusMode", "getSupportedFocusMode", "getAvailableFocusMode"}
    assert never == (focus if profile.name == "DSC-QX10@3.00" else set())


def test_the_qx_cameras_have_no_start_rec_mode(profile: Profile) -> None:
    assert (profile.method("camera", "startRecMode") is not None) == (profile.model == "SONY-FULL")


def test_firmware_makes_another_camera() -> None:
    old, new = load("DSC-QX10@1.00"), load("DSC-QX10@3.00")
    assert (old.events.version, new.events.version) == ("1.0", "1.1")
    assert old.method("camera", "actHalfPressShutter") is None
    assert new.method("camera", "actHalfPressShutter") is not None
    locked = old.method("camera", "setExposureMode")
    assert locked is not None
    assert locked.locked
    assert "IsoSpeedRate" not in old.settings
    assert "Shutter" in load("DSC-QX100@3.00").settings["ExposureMode"].supported


def test_a_lens_can_be_named_instead_of_described() -> None:
    assert load("ILCE-QX1").lens == load_lens("SELP1650")


def own(tmp_path: Path, text: str) -> str:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    return str(file)


HEAD = 'extends = "DSC-QX10@3.00"\nfirmware = "9.00"\nnote = "mine"\n[about]\n"*" = "assumed: a test"\n'


def test_ones_own_profile_is_read_from_its_file(tmp_path: Path) -> None:
    profile = load(own(tmp_path, 'faults = ["rpc:delay=0.1"]\n' + HEAD))
    assert profile.name == "DSC-QX10@9.00"
    assert profile.faults == ("rpc:delay=0.1",)
    assert profile.services["camera"].methods


ABOUT = 'about = "assumed: a test"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            f"[lens]\n{ABOUT}wide_mmm = 4.0\n",
            "line 8: there is no fact 'wide_mmm' here; did you mean 'wide_mm'?",
        ),
        (f'[lens]\n{ABOUT}wide_mm = "4 mm"\n', "line 8: lens.wide_mm: Expected `float`"),
        (f"[lens]\n{ABOUT}wide_mm = -4.0\n", "line 8: wide_mm cannot be -4.0; give millimetres, 1 to 2000"),
        (f"[lens]\n{ABOUT}wide_mm = 0.0045\n", "line 8: wide_mm cannot be 0.0045; give millimetres"),
        (f"[sensor]\n{ABOUT}pixel_um = 0.00126\n", "line 8: pixel_um cannot be 0.00126; give micrometres"),
        (f"[sensor]\n{ABOUT}pixel_um = 12.6\n", "line 8: sensor.pixel_um: so many pixels of that pitch"),
        (f"[sensor]\n{ABOUT}qe = 67\n", "line 8: qe cannot be 67; give a share, 0.01 to 1"),
        (f"[sensor]\n{ABOUT}readout_s = nan\n", "line 8: readout_s cannot be nan"),
        (f"[lens]\n{ABOUT}tele_mm = 3.0\n", "line 8: lens.tele_mm: it cannot be shorter than wide_mm"),
        (f"[lens]\n{ABOUT}f_min = 2.0\n", "line 8: lens.f_min: it cannot be wider than full aperture"),
        (f"[lens]\n{ABOUT}near_tele_m = -1.0\n", "line 8: near_tele_m cannot be -1.0; give metres"),
        (f"[timings]\n{ABOUT}capture = 5000\n", "line 8: capture cannot be 5000; give seconds"),
        (f"[liveview]\n{ABOUT}gaps_ms = [30, -1]\n", "line 8: gaps_ms cannot be -1"),
        ("[lens\n", "mine.toml: Expected ']'"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load(own(tmp_path, HEAD + text))
    assert words in str(caught.value)


def test_a_fact_without_a_source_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"mine.toml, line 4: lens.*no certainty"):
        load(own(tmp_path, 'extends = "DSC-QX10@3.00"\n\n[lens]\nwide_mm = 4.0\n'))


def test_a_file_that_is_not_there_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        load(str(tmp_path / "nowhere.toml"))


def test_a_lens_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    text = (
        'extends = "ILCE-QX1@1.10"\nfirmware = "9.00"\nlens = "SEL35F1"\n[about]\n"*" = "assumed: a test"\n'
    )
    with pytest.raises(ProfileError, match=r"mine.toml, line 3: there is no lens .*did you mean 'SEL35F18'"):
        load(own(tmp_path, text))


def test_methods_that_are_not_there_cannot_be_lacking(tmp_path: Path) -> None:
    text = HEAD.replace("firmware", 'lacks = ["*Teleport*"]\nfirmware')
    with pytest.raises(ProfileError, match=r"line 2: '\*Teleport\*' is no method"):
        load(own(tmp_path, text))


def test_ones_own_profile_may_have_a_lens_or_none(tmp_path: Path) -> None:
    text = 'extends = "ILCE-QX1@1.10"\nfirmware = "9.00"\nlens = "NONE"\n[about]\n"*" = "assumed: a test"\n'
    assert not load(own(tmp_path, text)).lens.mounted
    assert load(own(tmp_path, text) + "+SEL20F28").lens.wide_mm == 20.0
