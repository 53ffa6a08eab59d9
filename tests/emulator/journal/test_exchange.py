from emulator.journal.exchange import Exchange, text_of


def exchange() -> Exchange:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n"
    return Exchange(
        1,
        2,
        "GET",
        "http://10.0.0.1/x?y=1",
        "1.1",
        (("Host", "h"),),
        b"",
        head=head,
        answer=bytearray(b"{}"),
        answer_bytes=2,
    )


def test_it_is_read_from_the_bytes_that_left() -> None:
    one = exchange()
    assert (one.status, one.reason, one.content) == (404, "Not Found", b"{}")
    assert one.answer_headers == [("Content-Length", "2"), ("Content-Type", "application/json")]


def test_nothing_sent_is_no_status() -> None:
    one = Exchange(1, 2, "GET", "/", "1.1", (), b"")
    assert (one.status, one.reason, one.answer_headers) == (None, "", [])


def test_content_that_was_not_kept_whole_is_none() -> None:
    one = exchange()
    one.forget_bodies()
    assert one.content is None
    assert one.as_json()["answer_body"] is None


def test_bytes_that_are_no_text_are_told_in_base64() -> None:
    assert text_of("é".encode()) == "é"
    assert text_of(b"\xff\xd8") == "base64:/9g="
