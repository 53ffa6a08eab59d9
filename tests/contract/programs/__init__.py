"""Programs as others write them for bleak on Linux: they know nothing of this project."""
