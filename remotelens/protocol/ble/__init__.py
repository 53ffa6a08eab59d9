"""What Sony cameras say over Bluetooth LE, as values: adverts, frames and the values of each GATT service.

No I/O, no clock, no GATT client or server: both ends of the link read and write their bytes here.
"""
