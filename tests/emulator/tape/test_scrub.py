from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from emulator.tape.scrub import TapeScrubber, scrubbed_jpeg


def picture() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "DSC-QX10"
    exif[0x013B] = "Jane Doe"
    exif.get_ifd(0x8769)[0xA431] = "1234567"
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(52), IFDRational(30), IFDRational(5))})
    file = BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_position_serial_and_name_are_gone_from_a_picture_and_the_rest_stays() -> None:
    data = picture()
    clean = scrubbed_jpeg(data)
    assert len(clean) == len(data)
    assert b"1234567" in data
    assert b"1234567" not in clean
    assert b"Jane" not in clean
    exif = Image.open(BytesIO(clean)).getexif()
    assert exif[0x0110] == "DSC-QX10"
    assert exif.get_ifd(0x8825).get(1, "").strip("\0") == ""
    assert data[-200:] == clean[-200:]


def test_a_picture_without_secrets_stays_as_it_is() -> None:
    file = BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG")
    assert scrubbed_jpeg(file.getvalue()) == file.getvalue()


def test_broken_pictures_do_no_harm() -> None:
    data = picture()
    for end in range(0, len(data), 7):
        scrubbed_jpeg(data[:end])
    for at in range(2, 400):
        scrubbed_jpeg(data[:at] + b"\xff" + data[at + 1 :])


def test_what_was_removed_is_told() -> None:
    scrubber = TapeScrubber()
    scrubber.data(picture())
    assert scrubber.text("DIRECT-abQ0:DSC-QX10") == "DIRECT-xxQ0:DSC-QX10"
    assert len(scrubber.removed) == 2
    assert TapeScrubber(on=False).text("DIRECT-abQ0") == "DIRECT-abQ0"
