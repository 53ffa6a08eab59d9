"""Every scene through every camera's lens, on one sheet: ``python scripts/contact_sheet.py [FILE.png]``.

Each picture is exposed as the meter asks, wide and as open as the shutter allows, focused as the scene is
meant. Cameras with the same sensor behind the same lens have one row.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from emulator import profiles
from emulator.body.eye import sensor_facts
from emulator.profiles import Profile
from emulator.world import SCENES, Exposure, Optics, View, load_scene, meter, render

SHEET = Path(__file__).resolve().parents[1] / "docs" / "images" / "scenes.png"
WIDTH, MARGIN, LINE, HEAD = 172, 6, 24, 18
COLOURS = 256
FOCUS_M = {"bench": 2.0, "chart": 2.0, "room": 3.3, "macro": 0.18}
MOMENTS_S = {"sunset": (1.0, 3900.0, 5400.0), "street": (6.0, 4200.0)}
LONGEST_S = {"stars": 15.0}
HIGHEST_ISO = 3200
INK, GROUND = "#d8d8d8", "#202020"


def optics_of(profile: Profile, scene_name: str) -> Optics:
    """The lens, wide open at its wide end."""
    sensor, lens = profile.sensor, profile.lens
    return Optics(
        lens.wide_mm,
        max(FOCUS_M.get(scene_name, math.inf), lens.near_wide_m),
        sensor.width_mm,
        sensor.height_mm,
        blades=lens.blades,
        widest_f_number=lens.f_wide,
        corner_ev=lens.corner_ev,
    )


def exposure_of(profile: Profile, luminance: float, longest_s: float) -> Exposure:
    """As the meter asks: the lowest ISO that the time allows."""
    f_number, iso = profile.lens.f_wide, profile.sensor.base_iso
    while f_number**2 * 12.5 / (luminance * iso) > longest_s and iso < HIGHEST_ISO:
        iso *= 2
    wanted_s, shortest_s = f_number**2 * 12.5 / (luminance * iso), profile.shutter_s[1]
    if wanted_s < shortest_s:
        f_number = min(f_number * math.sqrt(shortest_s / wanted_s), profile.lens.f_min)
    return Exposure(f_number, min(max(wanted_s, shortest_s), longest_s), iso)


def photograph(profile: Profile, scene_name: str, time_s: float) -> tuple[Image.Image, str]:
    """One picture, and the settings it was taken with."""
    scene, optics = load_scene(scene_name, 1), optics_of(profile, scene_name)
    exposure = exposure_of(profile, meter(scene, optics, time_s), LONGEST_S.get(scene_name, 1 / 30))
    largest = profile.stills.sizes[0]
    height = round(WIDTH * largest.height / largest.width)
    view = View(optics, exposure, sensor_facts(profile), 4 * WIDTH, 4 * height, time_s, noise_seed=1)
    picture = Image.fromarray(render(scene, view)).resize((WIDTH, height), Image.Resampling.LANCZOS)
    shutter_s = exposure.shutter_s
    speed = f"1/{1 / shutter_s:.0f}" if shutter_s < 0.5 else f'{shutter_s:.0f}"'
    return picture, f"f/{exposure.f_number:.1f}  {speed}  ISO {exposure.iso:.0f}"


def rows() -> list[Profile]:
    """A camera of every sensor and lens, by the size of the sensor."""
    found: dict[object, Profile] = {}
    for profile in map(profiles.load, profiles.names()):
        found.setdefault((profile.sensor.pixel_um, profile.lens.name), profile)
    return sorted(found.values(), key=lambda profile: profile.sensor.width_mm)


def main() -> None:
    """Take all pictures and lay them out, a row for each camera."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHEET
    columns = [(scene, time_s) for scene in SCENES for time_s in MOMENTS_S.get(scene, (1.0,))]
    cameras = rows()
    taken = [[photograph(camera, *column) for column in columns] for camera in cameras]
    heights = [max(picture.height for picture, _ in row) + LINE + MARGIN + HEAD for row in taken]
    sheet = Image.new("RGB", (len(columns) * (WIDTH + MARGIN) + MARGIN, sum(heights) + HEAD + MARGIN), GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for across, (scene, time_s) in enumerate(columns):
        named = scene if len(MOMENTS_S.get(scene, ())) < 2 else f"{scene}, {time_s / 60:.0f} min"
        pen.text((MARGIN + across * (WIDTH + MARGIN), MARGIN / 2), named, fill=INK, font=font)
    top = HEAD + MARGIN
    for camera, row, height in zip(cameras, taken, heights, strict=True):
        lens = camera.lens
        kind = "" if camera.product else "  (no product)"
        title = f"{camera.model}{kind}  {lens.name}, {lens.wide_mm:g} mm f/{lens.f_wide:g}"
        pen.text((MARGIN, top), title, fill="white", font=font)
        for across, (picture, settings) in enumerate(row):
            place = (MARGIN + across * (WIDTH + MARGIN), top + HEAD)
            sheet.paste(picture, place)
            pen.text((place[0], place[1] + picture.height + 2), settings, fill=INK, font=font)
        top += height
    target.parent.mkdir(parents=True, exist_ok=True)
    palette = sheet.quantize(COLOURS, Image.Quantize.MEDIANCUT)
    sheet.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
