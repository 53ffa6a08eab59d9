import asyncio
import json
import signal
from pathlib import Path

from tests.emulator.process import command, running, started
from tests.emulator.tape.rig import use_camera


async def test_a_camera_is_recorded_validated_and_replayed_from_the_shell(tmp_path: Path) -> None:
    tape = tmp_path / "qx10.tape"
    async with running("--still-scale", "16", "--scene", "chart") as emulator:
        words = ("record", "--upstream", emulator.camera["description_url"], "-o", str(tape), "--json")
        async with started(*words, "--no-ssdp") as (process, told):
            seen = await asyncio.to_thread(use_camera, told["description_url"])
            process.send_signal(signal.SIGINT)
            out, _ = await process.communicate()
            assert process.returncode == 0
            assert json.loads(out)["exchanges"] > 5
    checked = await command("validate", str(tape), "--json")
    assert json.loads(checked.out)["kind"] == "tape"
    async with started("replay", str(tape), "--fast", "--strict", "--no-ssdp", "--json") as (process, told):
        again = await asyncio.to_thread(use_camera, told["description_url"])
        process.send_signal(signal.SIGTERM)
        out, _ = await process.communicate()
        assert process.returncode == 0
        assert json.loads(out) == {"schema": 1, "misses": [], "unasked": []}
    assert again["names"] == seen["names"]
    again_over = await command("record", "--upstream", "http://127.0.0.1:1/dd.xml", "-o", str(tape))
    assert (again_over.code, "is there already" in again_over.err) == (2, True)


async def test_files_are_validated_by_what_they_are(tmp_path: Path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text('extends = "DSC-QX10@3.00"\nfirmware = "9"\nnote = ""\nabout = "assumed: a test"\n')
    told = await command("validate", str(profile), "--json")
    assert json.loads(told.out)["kind"] == "profile"
    profile.write_text('extends = "DSC-QX10@3.00"\nlense = 3\nabout = "assumed: a test"\n')
    told = await command("validate", str(profile))
    assert told.code == 2
    assert "line 2" in told.err
    assert "did you mean 'lens'" in told.err
    scene = tmp_path / "scene.toml"
    scene.write_text(
        'summary = "x"\n[light]\nkind = "lamps"\nlux = -1\n'
        '[[layer]]\nname = "a"\ndistance_m = 2\n[[layer.shape]]\nkind = "fill"\nreflectance = 0.18\n'
    )
    told = await command("validate", str(scene))
    assert told.code == 2
    assert "line 4" in told.err


async def test_what_is_none_of_them_is_refused(tmp_path: Path) -> None:
    odd = tmp_path / "odd.json"
    odd.write_text("{}")
    assert (await command("validate", str(odd))).code == 2
    assert (await command("replay", str(tmp_path / "nowhere"))).code == 2
    assert (await command("record", "--upstream", "10.0.0.1", "-o", str(tmp_path / "x"))).code == 2
    assert not (tmp_path / "x").exists()
