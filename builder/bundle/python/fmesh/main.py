"""Puts a Python function together and runs it until SIGTERM or SIGINT, which drain."""

import asyncio
import os
import signal
import sys
import threading

from .config import ConfigError, read_config
from .function import Function, load_handler
from .log import Log
from .instance import Instance
from .mesh import MeshFunction
from .nats import Nats
from .secrets import read_secrets

LAST_WORDS_SECONDS = 1


def main():
    try:
        config = read_config(os.environ)
        # After its own variables were read: what a secret is called must not change how the function is served.
        if config.secrets is not None:
            os.environ.update(read_secrets(config.secrets))
    except ConfigError as error:
        Log().error("the function could not be started", error=error)
        sys.exit(1)
    fields = {"service": config.service, "function_version": config.version}
    if config.revision is not None:
        fields["revision"] = config.revision
    log = Log(config.log_level, fields)
    code = asyncio.run(run(config, log))
    # A handler in a thread that never ends would keep the interpreter.
    sys.stdout.flush()
    os._exit(code)


async def run(config, log):
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if config.is_supervised:
        stop_with_input(stop)
    try:
        handler = load_handler()
    except BaseException as error:
        log.error("the function could not be started", error=error)
        return 1
    function = Function(handler, concurrency=config.concurrency, queue=config.queue)
    nats = mesh = None
    if config.broker is not None:
        nats = Nats(config.broker, name=f"{config.project}.{config.service}", log=log)
        mesh = MeshFunction(nats, function, config, log)
        if config.instance is not None:
            nats.on_connected(Instance(nats, mesh, config).tell)
        nats.start()
    http = None
    if config.port is not None:
        # Only where it is wanted: it takes its time to load.
        from .serve_http import ServedByHttp

        http = ServedByHttp(function, config, log, mesh and mesh.caller)
        log.info("function is up", port=await http.listen())
    else:
        log.info("function is up")
    if nats is not None:
        asyncio.ensure_future(joined(nats, log))

    await stop.wait()
    log.info("draining")
    draining = asyncio.gather(*(served.drain() for served in (http, mesh) if served is not None))
    _, late = await asyncio.wait([draining], timeout=config.finish_ms / 1000)
    if late:
        if mesh is not None:
            mesh.cancel_all()
        await asyncio.wait([draining], timeout=LAST_WORDS_SECONDS)
    if http is not None:
        await http.close()
    if nats is not None:
        await nats.close()
    return 0


def stop_with_input(stop):
    """Whoever started this process holds its standard input open, and is gone when that ends."""
    loop = asyncio.get_running_loop()

    def watch():
        while sys.stdin.buffer.read(4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=watch, daemon=True).start()


async def joined(nats, log):
    await nats.connected()
    await nats.flush()
    log.info("service is up")
