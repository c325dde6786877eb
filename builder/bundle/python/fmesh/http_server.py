"""HTTP/1.1, as much of it as a function behind a proxy needs (RFC 9112)."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 75
LAST_BYTES_SECONDS = 3
TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    """By their names in lower case; of a name that comes twice the values are joined by commas."""
    headers: dict
    body: bytes


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict
    body: bytes = b""


class BadRequest(Exception):
    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class HttpServer:
    """`handle` answers a Request with a Response, and never raises."""

    def __init__(self, handle, *, max_body_bytes):
        self._handle = handle
        self._max_body_bytes = max_body_bytes
        self._connections = set()
        self._is_closing = False
        self._server = None
        self._exchanges = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def listen(self, port):
        self._server = await asyncio.start_server(self._serve, "0.0.0.0", port, limit=HEAD_BYTES)
        return self._server.sockets[0].getsockname()[1]

    def stop_listening(self):
        self._is_closing = True
        self._server.close()

    async def idle(self):
        """Resolves when no response is owed."""
        await self._idle.wait()

    async def close(self):
        writers = tuple(self._connections)
        for writer in writers:
            writer.close()
        # What was written goes out first.
        closings = (asyncio.wait_for(writer.wait_closed(), LAST_BYTES_SECONDS) for writer in writers)
        await asyncio.gather(*closings, return_exceptions=True)

    async def _serve(self, reader, writer):
        self._connections.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.TimeoutError):
            pass  # the client has gone
        finally:
            self._connections.discard(writer)
            writer.close()

    async def _exchange(self, reader, writer):
        """One request and its response; whether another may follow."""
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS)
            method, target, version, headers = parse_head(head)
            if headers.get("expect", "").lower() == "100-continue":
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await self._read_body(reader, headers)
        except asyncio.LimitOverrunError:
            return await self._refuse(writer, BadRequest(431, "the header is too large"))
        except BadRequest as error:
            return await self._refuse(writer, error)
        self._exchanges += 1
        self._idle.clear()
        try:
            response = await self._handle(Request(method, target, headers, body))
            wish = headers.get("connection", "").lower()
            goes_on = not self._is_closing and (wish == "keep-alive" if version == "HTTP/1.0" else "close" not in wish)
            await write(writer, response, is_head=method == "HEAD", goes_on=goes_on)
            return goes_on
        finally:
            self._exchanges -= 1
            if self._exchanges == 0:
                self._idle.set()

    async def _read_body(self, reader, headers):
        length, coding = headers.get("content-length"), headers.get("transfer-encoding")
        if coding is None:
            if length is None:
                return b""
            if not (length.isascii() and length.isdigit()):
                raise BadRequest(400, "Content-Length is no number")
            self._check_size(int(length))
            return await reader.readexactly(int(length))
        # Both at once is how requests are smuggled (RFC 9112, 6.1).
        if length is not None or coding.lower() != "chunked":
            raise BadRequest(400, "the request's length cannot be told")
        body = bytearray()
        while True:
            line = (await reader.readuntil(b"\r\n"))[:-2].split(b";", 1)[0].strip()
            if not 0 < len(line) <= 8 or line.strip(b"0123456789abcdefABCDEF"):
                raise BadRequest(400, "a chunk's length is no number")
            size = int(line, 16)
            self._check_size(len(body) + size)
            if size == 0:
                break
            body += await reader.readexactly(size)
            if await reader.readexactly(2) != b"\r\n":
                raise BadRequest(400, "a chunk does not end where it said")
        while (await reader.readuntil(b"\r\n")) != b"\r\n":
            pass  # trailers say nothing to a function
        return bytes(body)

    def _check_size(self, size):
        if size > self._max_body_bytes:
            raise BadRequest(413, f"the body is larger than the {self._max_body_bytes} bytes allowed here")

    async def _refuse(self, writer, error):
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        await write(writer, Response(error.status, headers, str(error).encode()), is_head=False, goes_on=False)
        return False


def parse_head(head):
    try:
        first, *lines = head[:-4].decode("latin-1").split("\r\n")
        method, target, version = first.split(" ")
        fields = [line.split(":", 1) for line in lines]
        pairs = [(name.lower(), value.strip(" \t")) for name, value in fields]
    except ValueError:
        raise BadRequest(400, "the request cannot be read") from None
    if version not in ("HTTP/1.0", "HTTP/1.1") or not method.isalpha() or not all(set(n) <= TOKEN and n for n, _ in pairs):
        raise BadRequest(400, "the request cannot be read")
    headers = {}
    for name, value in pairs:
        if name in headers and name in ("content-length", "transfer-encoding", "host"):
            raise BadRequest(400, f"{name} comes twice")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return method, target, version, headers


async def write(writer, response, *, is_head, goes_on):
    reasons = {status.value: status.phrase for status in HTTPStatus}
    fields = {**response.headers}
    if response.status != 204:
        fields["Content-Length"] = str(len(response.body))
    if not goes_on:
        fields["Connection"] = "close"
    lines = [f"HTTP/1.1 {response.status} {reasons.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    head = "\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines) + "\r\n\r\n"
    writer.write(head.encode("latin-1", "replace") + (b"" if is_head else response.body))
    await writer.drain()
