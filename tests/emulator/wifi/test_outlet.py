from emulator.wifi.outlet import encode_head


def test_a_head_keeps_names_case_and_order() -> None:
    head = encode_head(403, "Forbidden", (("Connection", "close"), ("X-Av-Server-Info", "av=5.0;")))
    assert head == b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nX-Av-Server-Info: av=5.0;\r\n\r\n"
