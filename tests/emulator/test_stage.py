import pytest

from emulator.clock import VirtualClock
from emulator.stage import Stage, Weather, known_scene
from remotelens.errors import ConfigError, InvalidValue, NotAvailableNow


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


async def test_a_scene_begins_when_it_is_set(clock: VirtualClock) -> None:
    stage = Stage("sunset", 0, clock)
    await clock.advance(10)
    assert stage.time_s == 10
    stage.jump(3600)
    assert stage.time_s == 3610
    stage.set_scene("street")
    assert (stage.name, stage.time_s) == ("street", 0)
    stage.begin()
    assert stage.name == "sunset"


def test_clouds_and_dimming_take_light_away_and_give_it_back(clock: VirtualClock) -> None:
    stage = Stage("sunset", 0, clock)
    plain, clear = stage.scene, stage.scene.light_at(0).lux
    stage.set_weather(Weather(clouds=1.0, dim_stops=1.0))
    assert stage.scene.light_at(0).lux < clear / 2
    stage.set_weather(Weather())
    assert stage.scene is plain


def test_lamps_are_dimmed_but_know_no_clouds(clock: VirtualClock) -> None:
    stage = Stage("chart", 0, clock)
    before = stage.scene.light_at(0).lux
    stage.set_weather(Weather(dim_stops=2.0))
    assert stage.scene.light_at(0).lux == before / 4
    with pytest.raises(NotAvailableNow, match="no sky"):
        stage.set_weather(Weather(clouds=0.5))


@pytest.mark.parametrize(
    "weather", [Weather(clouds=2.0), Weather(dim_stops=99.0), Weather(temperature_c=100.0)]
)
def test_weather_that_cannot_be_is_refused(clock: VirtualClock, weather: Weather) -> None:
    stage = Stage("sunset", 0, clock)
    with pytest.raises(InvalidValue):
        stage.set_weather(weather)
    assert stage.weather == Weather()


def test_scenes_that_are_none_are_refused(clock: VirtualClock) -> None:
    with pytest.raises(InvalidValue):
        known_scene("moon")
    with pytest.raises(ConfigError):
        Stage("nowhere.toml", 0, clock)
    with pytest.raises(InvalidValue):
        Stage("chart", 0, clock).jump(float("nan"))
