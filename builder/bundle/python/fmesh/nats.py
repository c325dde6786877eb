"""A NATS client: one connection that is made anew for as long as it is wanted.

https://docs.nats.io/reference/reference-protocols/nats-protocol
"""

import asyncio
import json
import os
import ssl
from dataclasses import dataclass

from .errors import MeshError

FIRST_RETRY_SECONDS = 0.1
LAST_RETRY_SECONDS = 5
DIAL_SECONDS = 5
PING_SECONDS = 30
LINE_BYTES = 1024 * 1024
CRLF = b"\r\n"
HEADER_VERSION = "NATS/1.0"


@dataclass(frozen=True)
class Message:
    subject: str
    reply: str
    headers: dict
    status: str
    payload: bytes


class Nats:
    def __init__(self, address, *, name, log):
        self._address = address
        self._name = name
        self._log = log
        self._subscriptions = {}
        self._leaving = set()
        self._next_sid = 1
        self._replies = {}
        self._inbox = f"_INBOX.{os.urandom(11).hex()}"
        self._pongs = []
        self._writer = None
        self._running = None
        self._connected = asyncio.Event()
        self._listeners = []
        self.max_payload = 1_048_576
        self.subscribe(f"{self._inbox}.*", self._on_reply)

    def on_connected(self, listener):
        """Calls it at each connection, when the broker has been told of all subscriptions."""
        self._listeners.append(listener)

    def start(self):
        self._running = asyncio.ensure_future(self._run())

    async def connected(self):
        await self._connected.wait()

    @property
    def is_connected(self):
        return self._connected.is_set()

    def subscribe(self, subject, handle, queue=None):
        """Hands each message to `handle`, also after connections to come; returns what ends that, without losing any."""
        sid = self._next_sid
        self._next_sid += 1
        self._subscriptions[sid] = (subject, queue, handle)
        if self.is_connected:
            self._send(_sub(sid, subject, queue))

        async def drain():
            self._leaving.add(sid)
            if sid in self._subscriptions and self.is_connected:
                self._send(f"UNSUB {sid}\r\n".encode())
                # Until it has taken that the broker may send more.
                await self.flush()
            self._subscriptions.pop(sid, None)
            self._leaving.discard(sid)

        return drain

    def publish(self, subject, payload=b"", headers=None, reply=""):
        if not self.is_connected:
            text = f"the broker at {self._address.url} cannot be reached at the moment"
            raise MeshError("broker_unavailable", text, retry_after=1)
        block = _header_block(headers) if headers else b""
        if len(block) + len(payload) > self.max_payload:
            raise MeshError("payload_too_large", "the message is larger than the broker takes")
        to = f"{subject} {reply}".rstrip()
        head = f"HPUB {to} {len(block)} {len(block) + len(payload)}" if block else f"PUB {to} {len(payload)}"
        self._send(head.encode() + CRLF + block + payload + CRLF)

    async def request(self, subject, payload, headers, seconds):
        token = os.urandom(8).hex()
        answer = asyncio.get_running_loop().create_future()
        self._replies[token] = answer
        try:
            self.publish(subject, payload, headers, f"{self._inbox}.{token}")
            reply = await asyncio.wait_for(answer, seconds)
        except (TimeoutError, asyncio.TimeoutError):
            raise MeshError("deadline_exceeded", "no answer came in time") from None
        finally:
            self._replies.pop(token, None)
        if reply.status.startswith("503") and not reply.payload:
            raise MeshError("worker_unavailable", "nobody serves this function at the moment", retry_after=1)
        return reply

    async def flush(self):
        """Resolves when the broker has taken all that was sent so far."""
        if not self.is_connected:
            return
        pong = asyncio.get_running_loop().create_future()
        self._pongs.append(pong)
        self._send(b"PING\r\n")
        await pong

    async def close(self):
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    def _on_reply(self, message):
        answer = self._replies.get(message.subject.rsplit(".", 1)[1])
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _send(self, data):
        self._writer.write(data)

    async def _run(self):
        pause, last_reason = FIRST_RETRY_SECONDS, None
        while True:
            reader = None
            try:
                reader = await asyncio.wait_for(self._dial(), DIAL_SECONDS)
                self._log.info("broker connected", url=self._address.url)
                pause, last_reason = FIRST_RETRY_SECONDS, None
                await self._read(reader)
            except (OSError, EOFError, ValueError, MeshError, TimeoutError, asyncio.TimeoutError) as error:
                reason = str(error) or type(error).__name__
                if reader is None and reason != last_reason:
                    self._log.warn("cannot reach the broker yet; trying on", url=self._address.url, reason=reason)
                last_reason = reason
            finally:
                was_connected = self.is_connected
                self._lost()
            if was_connected:
                self._log.info("broker disconnected", url=self._address.url)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RETRY_SECONDS)

    async def _dial(self):
        host, port, is_tls = self._address.host, self._address.port, self._address.is_tls
        if self._address.path:
            opening = asyncio.open_unix_connection(self._address.path, limit=LINE_BYTES)
        else:
            opening = asyncio.open_connection(host, port, limit=LINE_BYTES)
        reader, self._writer = await opening
        info = json.loads((await reader.readuntil(CRLF)).removeprefix(b"INFO "))
        self.max_payload = info.get("max_payload", self.max_payload)
        if is_tls or info.get("tls_required"):
            # Certificates are those of the machine, or of SSL_CERT_FILE.
            await self._writer.start_tls(ssl.create_default_context(), server_hostname=host)
        options = {
            "verbose": False,
            "pedantic": False,
            "headers": True,
            "no_responders": True,
            "protocol": 1,
            "lang": "python",
            "version": "1",
            "name": self._name,
            "tls_required": is_tls,
            **self._address.credentials,
        }
        self._send(b"CONNECT " + json.dumps(options).encode() + CRLF + b"PING\r\n")
        while (line := (await reader.readuntil(CRLF)).strip()) != b"PONG":
            if line.startswith(b"-ERR"):
                raise MeshError("broker_unavailable", line[4:].decode(errors="replace").strip(" '"))
        self._connected.set()
        for sid, (subject, queue, _) in self._subscriptions.items():
            if sid not in self._leaving:
                self._send(_sub(sid, subject, queue))
        for listener in self._listeners:
            listener()
        return reader

    async def _read(self, reader):
        pinging = asyncio.ensure_future(self._keep_alive())
        try:
            while True:
                line = await reader.readuntil(CRLF)
                verb, _, rest = line.strip().partition(b" ")
                if verb in (b"MSG", b"HMSG"):
                    await self._deliver(reader, rest.decode().split(), has_headers=verb == b"HMSG")
                elif verb == b"PING":
                    self._send(b"PONG\r\n")
                elif verb == b"PONG" and self._pongs:
                    self._settle(self._pongs.pop(0))
                elif verb == b"-ERR":
                    self._log.warn("the broker reported an error", reason=rest.decode(errors="replace"))
        finally:
            pinging.cancel()

    async def _deliver(self, reader, parts, *, has_headers):
        sizes = 2 if has_headers else 1
        subject, sid = parts[0], int(parts[1])
        reply = parts[2] if len(parts) == 3 + sizes else ""
        data = await reader.readexactly(int(parts[-1]) + len(CRLF))
        header_bytes = int(parts[-2]) if has_headers else 0
        status, headers = _parse_headers(data[:header_bytes]) if has_headers else ("", {})
        found = self._subscriptions.get(sid)
        if found is None:
            return
        try:
            found[2](Message(subject, reply, headers, status, data[header_bytes : -len(CRLF)]))
        except Exception as error:  # whoever reads from the broker would stop, for all subscriptions
            self._log.error("a message could not be handled", subject=subject, error=error)

    async def _keep_alive(self):
        while True:
            await asyncio.sleep(PING_SECONDS)
            try:
                await asyncio.wait_for(self.flush(), PING_SECONDS)
            except (TimeoutError, asyncio.TimeoutError):
                self._writer.close()

    def _lost(self):
        self._connected.clear()
        if self._writer is not None:
            self._writer.close()
        for pong in self._pongs:
            self._settle(pong)
        self._pongs = []
        for answer in self._replies.values():
            if not answer.done():
                answer.set_exception(MeshError("broker_unavailable", "the connection to the broker was lost"))

    @staticmethod
    def _settle(pong):
        if not pong.done():
            pong.set_result(None)


def _sub(sid, subject, queue):
    return f"SUB {subject} {queue} {sid}\r\n".encode() if queue else f"SUB {subject} {sid}\r\n".encode()


def _header_block(headers):
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([HEADER_VERSION, *(line.replace("\r", " ").replace("\n", " ") for line in lines), "", ""]).encode()


def _parse_headers(block):
    first, *lines = block.decode(errors="replace").split("\r\n")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip()] = value.strip()
    return first.removeprefix(HEADER_VERSION).strip(), headers
