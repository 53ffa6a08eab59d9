"""Every scene through every camera's lens, on one sheet: ``python scripts/contact_sheet.py [FILE.png]``.

Each picture is exposed as the meter asks, wide and at full aperture, focused as the scene is meant.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw

from emulator import profiles
from emulator.profiles import Profile
from emulator.world import SCENES, Exposure, Optics, SensorFacts, View, load_scene, meter, render

SHEET = Path(__file__).resolve().parents[1] / "docs" / "images" / "scenes.png"
WIDTH, MARGIN, LINE = 360, 8, 16
FOCUS_M = {"bench": 2.0, "chart": 2.0, "room": 3.3, "macro": 0.18}
MOMENTS_S = {"sunset": (1.0, 3900.0, 5400.0), "street": (6.0, 4200.0)}
LONGEST_S = {"stars": 15.0}
SENSOR_FIELDS = (
    "pixel_um", "clip_k", "base_iso", "read_noise_base_e", "read_noise_high_e", "qe", "grey_fraction",
    "dark_e_s", "prnu", "dsnu_e", "hot_pixel_fraction", "readout_s",
)  # fmt: skip


def photograph(profile: Profile, scene_name: str, time_s: float) -> tuple[Image.Image, str]:
    """One picture and the settings it was taken with."""
    sensor, lens = profile.sensor, profile.lens
    focus_m = max(FOCUS_M.get(scene_name, math.inf), lens.near_wide_m)
    optics = Optics(
        lens.wide_mm,
        focus_m,
        sensor.width_mm,
        sensor.height_mm,
        blades=lens.blades,
        widest_f_number=lens.f_wide,
    )
    scene = load_scene(scene_name, 1)
    luminance, longest_s = meter(scene, optics, time_s), LONGEST_S.get(scene_name, 1 / 30)
    iso = sensor.base_iso
    while lens.f_wide**2 * 12.5 / (luminance * iso) > longest_s and iso < 3200:
        iso *= 2
    shutter_s = min(lens.f_wide**2 * 12.5 / (luminance * iso), longest_s)
    facts = SensorFacts(**{name: getattr(sensor, name) for name in SENSOR_FIELDS})
    exposure = Exposure(lens.f_wide, shutter_s, iso)
    height = round(2 * WIDTH * sensor.height_px / sensor.width_px)
    view = View(optics, exposure, facts, 2 * WIDTH, height, time_s, noise_seed=1)
    picture = Image.fromarray(render(scene, view)).resize((WIDTH, height // 2), Image.Resampling.LANCZOS)
    speed = f"1/{1 / shutter_s:.0f}" if shutter_s < 0.5 else f'{shutter_s:.0f}"'
    return picture, f"{profile.model}  {scene_name} {time_s:.0f} s  f/{lens.f_wide} {speed} ISO {iso:.0f}"


def main() -> None:
    """Take all pictures and lay them out, a row for each camera."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHEET
    rows = [
        [
            photograph(profiles.load(name), scene, time_s)
            for scene in SCENES
            for time_s in MOMENTS_S.get(scene, (1.0,))
        ]
        for name in profiles.names()
    ]
    tall = max(picture.height for row in rows for picture, _ in row) + LINE + MARGIN
    sheet = Image.new("RGB", (len(rows[0]) * (WIDTH + MARGIN) + MARGIN, len(rows) * tall + MARGIN), "#202020")
    pen = ImageDraw.Draw(sheet)
    for down, row in enumerate(rows):
        for across, (picture, label) in enumerate(row):
            place = (MARGIN + across * (WIDTH + MARGIN), MARGIN + down * tall)
            sheet.paste(picture, place)
            pen.text((place[0], place[1] + picture.height + 2), label, fill="#d0d0d0")
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target)
    print(target)


if __name__ == "__main__":
    main()
