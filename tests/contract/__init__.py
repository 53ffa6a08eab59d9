"""One contract, kept by every implementation of a seam: the same scenarios over each Bluetooth backend."""
