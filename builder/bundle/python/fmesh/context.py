"""What a handler knows about the call it answers."""

import asyncio
import json
import os
import re
import threading
import time

from .errors import MeshError

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\Z")


def new_call_id():
    """A UUID of version 7 (RFC 9562), in hex digits."""
    random = int.from_bytes(os.urandom(10))
    head = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | (random >> 64 & 0xFFF) << 64
    return f"{head | 0b10 << 62 | random & (1 << 62) - 1:032x}"


class Context:
    """Names are those of functions in TypeScript, as Python writes them."""

    def __init__(self, headers, *, timeout_ms, log, caller=None):
        now = int(time.time() * 1000)
        self._headers = headers
        self._caller = caller
        self._log = log
        self._cancelled = threading.Event()
        self.call_id = headers.get("Fmesh-Call-Id") or new_call_id()
        self.request_id = headers.get("X-Request-Id") or self.call_id
        self.idempotency_key = headers.get("Idempotency-Key")
        deadline = headers.get("Fmesh-Deadline", "")
        self.deadline_ms = int(deadline) if re.fullmatch(r"[0-9]{1,16}", deadline) else now + timeout_ms
        match = TRACEPARENT.match(headers.get("traceparent", ""))
        self.trace_id = match[1] if match else new_call_id()
        self.traceparent = f"00-{self.trace_id}-{os.urandom(8).hex()}-{match[3] if match else '01'}"

    @property
    def claims(self):
        """Who calls: the claims of the verified token."""
        try:
            claims = json.loads(self._headers.get("Fmesh-Claims", "{}"))
        except ValueError:
            claims = None
        if not isinstance(claims, dict):
            raise MeshError("invalid_request", "header Fmesh-Claims is not a JSON object")
        return claims

    @property
    def log(self):
        return self._log.with_fields(callId=self.call_id, traceId=self.trace_id)

    @property
    def seconds_left(self):
        return self.deadline_ms / 1000 - time.time()

    @property
    def is_cancelled(self):
        """Whether nobody waits for the answer any more. A long loop looks at it."""
        return self._cancelled.is_set() or self.seconds_left <= 0

    def cancel(self):
        self._cancelled.set()

    def call(self, service, function, params=None, *, timeout=None):
        """Calls a function of the mesh in the name of the same caller, from a handler that is no coroutine."""
        calling = self.call_async(service, function, params, timeout=timeout)
        return asyncio.run_coroutine_threadsafe(calling, self._loop()).result()

    async def call_async(self, service, function, params=None, *, timeout=None):
        """The same, to be awaited in a handler that is a coroutine."""
        left = self.seconds_left
        if self._caller is None:
            text = "this function is in no mesh; deploy it with NATS_URL to call others"
            raise MeshError("broker_unavailable", text)
        if left <= 0:
            raise MeshError("deadline_exceeded", f'no time is left to call "{service}.{function}"')
        seconds = left if timeout is None else min(timeout, left)
        headers = {
            "Fmesh-Call-Id": new_call_id(),
            "Fmesh-Deadline": str(int((time.time() + seconds) * 1000)),
            "Fmesh-Claims": self._headers.get("Fmesh-Claims", "{}"),
            "X-Request-Id": self.request_id,
            "traceparent": self.traceparent,
        }
        beside = ("tracestate", "baggage")
        headers.update({name: self._headers[name] for name in beside if name in self._headers})
        return await self._caller.call(service, function, params, headers, seconds)

    def _loop(self):
        if self._caller is None:
            raise MeshError("broker_unavailable", "this function is in no mesh; deploy it with NATS_URL to call others")
        return self._caller.loop
