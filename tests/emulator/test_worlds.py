from datetime import UTC, datetime

from emulator.worlds import make
from tests.emulator.wire import call

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return EPOCH


async def test_a_world_gives_the_addresses_of_its_cameras_while_it_exists() -> None:
    async with make(["DSC-QX10", "ILCE-QX1"], None, 3, Clock()) as urls:
        assert [url.rpartition("/")[2] for url in urls] == ["DmsRmtDesc.xml", "dd.xml"]
        port = int(urls[0].split(":")[2].partition("/")[0])
        assert (await call(port, "getVersions")).status == 200
