"""What whoever started this process asks it, and tells it (docs/protocol.md)."""

import asyncio
import json

from .errors import MeshError, to_problem

MAX_SHARE = 100


class Instance:
    """Says that the function takes calls, and answers whoever asks how it does or wants it to take more or fewer of them."""

    def __init__(self, nats, mesh, config):
        self._nats = nats
        self._mesh = mesh
        self._version = int(config.version)
        self._tasks = set()
        place = f"{config.project}.{config.service}.{config.instance}"
        self._up_subject = f"instance-up.{place}"
        nats.subscribe(f"instance.{place}", self._on_question)

    def tell(self):
        """The broker takes what was sent in order: by then it knows of all that was subscribed to."""
        self._nats.publish(self._up_subject, self._report())

    def _on_question(self, message):
        task = asyncio.ensure_future(self._answer(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, message):
        headers, payload = {}, b""
        try:
            share = _asked_share(message.payload)
            if share is not None:
                await self._mesh.set_share(share)
            payload = self._report()
        except MeshError as error:
            headers = {
                "Content-Type": "application/problem+json",
                "Nats-Service-Error": error.message,
                "Nats-Service-Error-Code": str(error.status),
            }
            payload = to_problem(error, "")
        if message.reply and self._nats.is_connected:
            self._nats.publish(message.reply, payload, headers)

    def _report(self):
        return json.dumps({**self._mesh.load(), "version": self._version}).encode()


def _asked_share(payload):
    try:
        asked = json.loads(payload or b"{}")
        share = asked.get("share")
    except (ValueError, AttributeError):
        share = -1
    if share is None and "share" not in asked:
        return None
    if type(share) is not int or not 0 <= share <= MAX_SHARE:
        text = f'an instance is asked with {{"share": …}}, a whole number from 0 to {MAX_SHARE}, or with {{}}'
        raise MeshError("invalid_request", text)
    return share
