"""One camera's Wi-Fi side: SSDP, HTTP, JSON-RPC, live view and pictures as bytes on real sockets.

What the camera thinks and how long it takes is in `emulator.body`; nothing here decides it.
"""
