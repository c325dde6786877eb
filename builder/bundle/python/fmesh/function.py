"""The handler: how it is found, and how it is run."""

import asyncio
import importlib
import inspect
import time
from concurrent.futures import ThreadPoolExecutor

from .errors import MeshError, to_failure

NO_HANDLER = "function.py has no handler: write `def handler(data, context): …` or `def handler(body, query): …`"


class Function:
    """A loaded handler. Runs at most so many calls at once; the others wait in order, as far as there is room."""

    def __init__(self, handler, *, concurrency, queue):
        parameters = inspect.signature(handler).parameters.values()
        places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        self._handler = handler
        self._arguments = 2 if any(p.kind is p.VAR_POSITIONAL for p in parameters) else min(len(places), 2)
        self._takes_query = len(places) > 1 and places[1].name == "query"
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="handler")
        self._turns = asyncio.Semaphore(concurrency)
        self._most = concurrency + queue
        self._taken = 0
        self._running = 0

    @property
    def running(self):
        """Calls that run, by whichever way they came; one that nobody waits for any more runs until it is over."""
        return self._running

    @property
    def waiting(self):
        """Calls that wait for their turn."""
        return self._taken - self._running

    async def run(self, data, context, query):
        """What the handler returns. What it raises is logged, and comes as the MeshError that its caller may see."""
        if self._taken >= self._most:
            raise MeshError("overloaded", "the function's queue is full", retry_after=1)
        self._taken += 1
        calling = asyncio.ensure_future(self._in_turn(data, context, query))
        calling.add_done_callback(self._settled)
        try:
            # What nobody waits for any more goes on until it is over: a thread cannot be stopped.
            return await asyncio.wait_for(asyncio.shield(calling), max(0, context.seconds_left))
        except (TimeoutError, asyncio.TimeoutError):
            if calling.done() and not calling.cancelled() and calling.exception() is not None:
                raise self._failed(calling.exception(), context) from None
            context.cancel()
            if inspect.iscoroutinefunction(self._handler):
                calling.cancel()
            raise MeshError("deadline_exceeded", "the caller's time ran out") from None
        except Exception as error:
            raise self._failed(error, context) from error

    async def _in_turn(self, data, context, query):
        async with self._turns:
            if context.is_cancelled:
                text = "the caller's time ran out before the function was started"
                raise MeshError("deadline_exceeded", text)
            self._running += 1
            try:
                return await self._call(data, context, query)
            finally:
                self._running -= 1

    async def _call(self, data, context, query):
        arguments = (data, query if self._takes_query else context)[: self._arguments]
        if inspect.iscoroutinefunction(self._handler):
            return await self._handler(*arguments)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._handler, *arguments)

    def _settled(self, calling):
        if not calling.cancelled():
            calling.exception()  # has been told, or is nobody's any more
        self._taken -= 1

    def _failed(self, error, context):
        failure = to_failure(error)
        if failure is not error or failure.status >= 500:
            context.log.error("the call failed", error=error)
        return failure


def load_handler():
    """The handler in function.py."""
    handler = getattr(importlib.import_module("function"), "handler", None)
    if not callable(handler):
        raise TypeError(NO_HANDLER)
    return handler


def elapsed_ms(started):
    return (time.perf_counter() - started) * 1000
