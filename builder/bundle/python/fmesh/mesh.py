"""The function as the mesh sees it (docs/protocol.md)."""

import asyncio
import json
import os
import time
from datetime import datetime, timezone

from .context import Context
from .errors import MeshError, from_problem, to_failure, to_problem
from .function import elapsed_ms
from .payload import JSON_TYPE, decode, encode

QUEUE_GROUP = "q"
DEFAULT_BUDGET_MS = 10_000


class MeshFunction:
    """Takes calls at `fn.<project>.<service>.handler`, hears of callers that gave up, and says what it is when asked."""

    def __init__(self, nats, function, config, log):
        self._nats = nats
        self._function = function
        self._log = log
        self._caller = Caller(nats, config.project)
        self._in_flight = {}
        self._tasks = set()
        self._counts = {"num_requests": 0, "num_errors": 0, "processing_time": 0}
        self._last_error = ""
        self._started = datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")
        name, project = config.service, config.project
        self._subject = f"fn.{project}.{name}.handler"
        metadata = {"function_version": config.version, "project": project}
        if config.revision is not None:
            metadata["revision"] = config.revision
        version = f"{config.version}.0.0"
        self._identity = {"name": name, "id": os.urandom(8).hex(), "version": version, "metadata": metadata}
        self._calls = 0
        self._is_draining = False
        self._places = []
        self._take_places(config.share)
        self._announcements = []
        for verb, answer in (("PING", self._ping), ("INFO", self._info), ("STATS", self._stats)):
            for subject in (f"$SRV.{verb}", f"$SRV.{verb}.{name}", f"$SRV.{verb}.{name}.{self._identity['id']}"):
                self._announcements.append(nats.subscribe(subject, self._answering(answer)))
        self._hearing = [
            nats.subscribe(f"cancel.{project}.{name}", self._on_cancel),
            nats.subscribe(f"held.{project}.{name}", self._on_asked),
        ]

    @property
    def caller(self):
        return self._caller

    def load(self):
        """What it has to do."""
        return {
            "share": len(self._places),
            "running": self._function.running,
            "waiting": self._function.waiting,
            "calls": self._calls,
        }

    async def set_share(self, share):
        """Holds so many subscriptions from now on: the broker picks among all of a group's at random."""
        if self._is_draining:
            return
        given_up = self._places[share:]
        del self._places[share:]
        self._take_places(share - len(self._places))
        await _drained(given_up)
        await self._nats.flush()

    def _take_places(self, count):
        for _ in range(count):
            self._places.append(self._nats.subscribe(self._subject, self._on_call, QUEUE_GROUP))

    def cancel_all(self):
        for context in tuple(self._in_flight.values()):
            context.cancel()

    async def drain(self):
        """Takes no new calls; resolves when those that came are answered."""
        self._is_draining = True
        places, self._places = self._places, []
        await _drained([*places, *self._announcements])
        if self._tasks:
            await asyncio.wait(self._tasks)
        await _drained(self._hearing)
        await self._nats.flush()

    def _on_call(self, message):
        self._calls += 1
        task = asyncio.ensure_future(self._call(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _on_cancel(self, message):
        context = self._in_flight.get(message.headers.get("Fmesh-Call-Id", ""))
        if context is not None:
            context.cancel()

    def _on_asked(self, message):
        """Of calls that it does not have it says nothing: another instance may."""
        if message.reply and message.headers.get("Fmesh-Call-Id", "") in self._in_flight:
            self._nats.publish(message.reply)

    async def _call(self, message):
        context = Context(message.headers, timeout_ms=DEFAULT_BUDGET_MS, log=self._log, caller=self._caller)
        if context.call_id in self._in_flight:
            return  # delivered twice: whoever asks gets the answer of the first
        self._in_flight[context.call_id] = context
        started = time.perf_counter()
        try:
            if "Fmesh-Http-Request" in message.headers:
                raise MeshError("invalid_request", "this function takes no HTTP requests: call it at /v1/call/")
            if "Fmesh-Stream" in message.headers:
                raise MeshError("payload_too_large", "this function takes no body that is larger than one message")
            params = decode(message.headers.get("Content-Type", JSON_TYPE), message.payload)
            content_type, payload = encode(await self._function.run(params, context, {}))
            headers = {"Fmesh-Handler-Ms": f"{elapsed_ms(started):.3f}"}
            if content_type != JSON_TYPE:
                headers["Content-Type"] = content_type
            self._reply(message, context, payload, headers)
            self._count(started, None)
        except Exception as error:
            failure = to_failure(error)
            if failure is not error:
                context.log.error("the call failed", error=error)
            if failure.code == "payload_too_large" and "Fmesh-Stream" not in message.headers:
                # That something is too large is the caller's fault elsewhere, and here the function's.
                text = "the function's result is larger than the broker takes; return less, or a reference to it"
                failure = MeshError("function_failed", text)
            self._count(started, failure)
            self._refuse(message, context, failure, started)
        finally:
            del self._in_flight[context.call_id]

    def _refuse(self, message, context, failure, started):
        headers = {
            "Content-Type": "application/problem+json",
            "Nats-Service-Error": failure.message,
            "Nats-Service-Error-Code": str(failure.status),
            "Fmesh-Handler-Ms": f"{elapsed_ms(started):.3f}",
        }
        if failure.retry_after is not None:
            headers["Retry-After"] = str(failure.retry_after)
        try:
            self._reply(message, context, to_problem(failure, context.call_id), headers)
        except MeshError as error:
            self._log.warn("an error could not be sent to the caller", error=error)

    def _reply(self, message, context, payload, headers):
        if message.reply and not context._cancelled.is_set():
            self._nats.publish(message.reply, payload, headers)

    def _count(self, started, failure):
        self._counts["num_requests"] += 1
        self._counts["processing_time"] += int(elapsed_ms(started) * 1_000_000)
        if failure is not None:
            self._counts["num_errors"] += 1
            self._last_error = f"{failure.status}:{failure.message}"

    def _answering(self, answer):
        def on_question(message):
            if message.reply:
                self._nats.publish(message.reply, json.dumps(answer()).encode(), {"Content-Type": JSON_TYPE})

        return on_question

    def _endpoint(self):
        return {"name": "handler", "subject": self._subject, "queue_group": QUEUE_GROUP}

    def _ping(self):
        return {"type": "io.nats.micro.v1.ping_response", **self._identity}

    def _info(self):
        endpoints = [{**self._endpoint(), "metadata": {}}]
        return {"type": "io.nats.micro.v1.info_response", **self._identity, "description": "", "endpoints": endpoints}

    def _stats(self):
        average = self._counts["processing_time"] // max(1, self._counts["num_requests"])
        endpoint = {
            **self._endpoint(),
            **self._counts,
            "average_processing_time": average,
            "last_error": self._last_error,
        }
        kind = "io.nats.micro.v1.stats_response"
        return {"type": kind, **self._identity, "started": self._started, "endpoints": [endpoint]}


async def _drained(subscriptions):
    await asyncio.gather(*(drain() for drain in subscriptions))


class Caller:
    """Calls functions of one project."""

    def __init__(self, nats, project):
        self._nats = nats
        self._project = project
        self.loop = asyncio.get_running_loop()

    async def call(self, service, function, params, headers, seconds):
        content_type, payload = encode(params)
        headers = {**headers, "Content-Type": content_type}
        reply = await self._nats.request(f"fn.{self._project}.{service}.{function}", payload, headers, seconds)
        description = reply.headers.get("Nats-Service-Error")
        code = reply.headers.get("Nats-Service-Error-Code", "")
        if description is not None or code:
            raise from_problem(reply.payload, description or "", int(code) if code.isdigit() else 500)
        if "Fmesh-Stream" in reply.headers:
            raise MeshError("bad_reply", f'"{service}.{function}" answers with a stream, which Python does not read')
        return decode(reply.headers.get("Content-Type", JSON_TYPE), reply.payload)
