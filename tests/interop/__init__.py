"""Our client against a replayer of recordings; programs of others against the emulator."""
