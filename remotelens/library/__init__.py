"""Pictures on disk: fetching them whole, checking them, naming them, reading what they say of themselves.

It is handed URLs and a source of bytes; it knows no camera, no link and no setting.
"""
