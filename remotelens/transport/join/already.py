"""`already`: the person has joined the camera's network; nothing is touched."""

from __future__ import annotations

from remotelens.transport.join.joiner import JOIN_TIMEOUT_S, Credentials, Joined, JoinedByOthers


class AlreadyJoined:
    """Takes the host's network as it is."""

    async def join(self, network: Credentials, *, timeout_s: float = JOIN_TIMEOUT_S) -> Joined:
        """Do nothing; whether the camera can be reached shows when it is looked for."""
        return JoinedByOthers()
