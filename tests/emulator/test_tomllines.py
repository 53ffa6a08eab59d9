import pytest

from emulator.tomllines import line_of, nearest, steps_of

TEXT = """a = 1
[one]
b = 2
[[many]]
c = 3
[[many]]
c = 4
[one.two]
d = 5
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [(["a"], 1), (["one", "b"], 3), (["many", 0, "c"], 5), (["many", 1, "c"], 7), (["one", "two", "d"], 9)],
)
def test_a_value_is_found_on_its_line(path: list[str | int], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_a_path_is_taken_apart() -> None:
    assert steps_of(".many[1].c") == ["many", 1, "c"]


def test_the_nearest_word_is_offered_or_all_of_them() -> None:
    assert nearest("wdith", ["width", "height"]) == "did you mean 'width'?"
    assert nearest("x", ["b", "a"]) == "known are a, b"


def test_what_stands_in_a_table_in_one_line_is_found_by_the_key_of_that_line() -> None:
    text = "[stills]\nquality = { Fine = 95, Standard = 90 }\nbits = { Fine = 2.8, Standard = 1.8 }\n"
    assert line_of(text, ["stills", "bits", "Standard"]) == 3
    assert line_of(text, ["stills", "quality", "Standard"]) == 2
    assert line_of('[rules]\npoll_limit_s = { "1.0" = 15.0 }\n', ["rules", "poll_limit_s", "1.0"]) == 2
