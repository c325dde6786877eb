"""The function as HTTP sees it: the body is its params, the response its result."""

import time
from urllib.parse import parse_qsl, urlsplit

from .context import Context
from .errors import MeshError, to_problem
from .function import elapsed_ms
from .http_server import Response
from .payload import JSON_TYPE, decode_request, encode

CONTINUED = ("traceparent", "tracestate", "baggage", "X-Request-Id", "Idempotency-Key")
PROBE_AGENT = "kube-probe/"


class HttpFunction:
    def __init__(self, function, config, log, caller):
        self._function = function
        self._config = config
        self._log = log
        self._caller = caller
        self.is_draining = False

    async def handle(self, request):
        """Answers a request; never raises."""
        target = urlsplit(request.target)
        probed = self._probe(request, target.path)
        if probed is not None:
            return probed
        context = self._context(request.headers)
        try:
            return await self._answer(request, target, context)
        except MeshError as error:
            headers = {"Content-Type": "application/problem+json", "X-Request-Id": context.request_id}
            if error.retry_after is not None:
                headers["Retry-After"] = str(error.retry_after)
            if error.status == 405:
                headers["Allow"] = "GET, HEAD, POST"
            return Response(error.status, headers, to_problem(error, context.call_id, context.trace_id))

    async def _answer(self, request, target, context):
        if self.is_draining:
            raise MeshError("worker_unavailable", "the function is stopping", retry_after=1)
        # Rules have looked at the request of `fetch`, which no function here has, and at the params of a handler.
        if request.headers.get("fmesh-function", "handler") != "handler":
            raise MeshError("function_not_found", "this function is no fetch handler")
        if target.path != "/":
            raise MeshError("function_not_found", "the function is at /, and nothing else is here")
        if request.method not in ("GET", "HEAD", "POST"):
            text = f"the function is called by GET or POST, not by {request.method}"
            raise MeshError("invalid_request", text, status=405)
        query = joined(parse_qsl(target.query, keep_blank_values=True))
        is_post = request.method == "POST"
        content_type = request.headers.get("content-type", JSON_TYPE)
        data = decode_request(content_type, request.body) if is_post else query
        started = time.perf_counter()
        result = await self._function.run(data if is_post else query, context, query)
        try:
            content_type, body = encode(result)
        except (TypeError, ValueError) as error:
            context.log.error("the function's result is no JSON", error=error)
            raise MeshError("function_failed", "the function failed; its log has the details") from error
        headers = {"Server-Timing": f"fn;dur={elapsed_ms(started):.3f}"}
        if "x-request-id" in request.headers:
            headers["X-Request-Id"] = context.request_id
        if not body:
            return Response(204, headers)
        return Response(200, {**headers, "Content-Type": content_type}, body)

    def _probe(self, request, path):
        if path == "/_/live":
            return Response(200, {"Content-Type": JSON_TYPE}, b'{"status":"live"}')
        if path != "/_/ready" and not request.headers.get("user-agent", "").startswith(PROBE_AGENT):
            return None
        if self.is_draining:
            return Response(503, {"Content-Type": JSON_TYPE}, b'{"status":"draining"}')
        return Response(200, {"Content-Type": JSON_TYPE}, b'{"status":"ready"}')

    def _context(self, given):
        headers = {}
        for name in CONTINUED:
            value = given.get(name.lower()) or given.get(f"ce-{name.lower()}")
            if value:
                headers[name] = value
        for name in ("Fmesh-Claims", "Fmesh-Call-Id") if self._config.trusts_claims else ():
            if name.lower() in given:
                headers[name] = given[name.lower()]
        timeout_ms = self._config.timeout_ms
        try:
            wanted_ms = float(given.get("x-request-timeout", "nan")) * 1000
        except ValueError:
            wanted_ms = 0
        if wanted_ms > 0:
            timeout_ms = min(timeout_ms, wanted_ms)
        headers["Fmesh-Deadline"] = str(int(time.time() * 1000 + timeout_ms))
        return Context(headers, timeout_ms=timeout_ms, log=self._log, caller=self._caller)


def joined(pairs):
    """Values of a name that stands there more than once are joined by commas."""
    query = {}
    for name, value in pairs:
        query[name] = f"{query[name]},{value}" if name in query else value
    return query
