import asyncio
import json
import os
import signal

import nats
import nats.micro


async def greet(call):
    params = json.loads(call.data)
    claims = json.loads((call.headers or {}).get("Fmesh-Claims", "{}"))
    if not params.get("name"):
        await call.respond_error("422", "whom shall I greet?")
        return
    result = {"greeting": f"Hello, {params['name']}", "for": claims.get("id")}
    await call.respond(json.dumps(result).encode())


async def main():
    project = os.environ["FMESH_PROJECT"]
    nc = await nats.connect(os.environ["NATS_URL"], max_reconnect_attempts=-1)
    service = await nats.micro.add_service(nc, name="greeter", version="1.0.0", metadata={"project": project})
    await service.add_endpoint(name="greet", subject=f"fn.{project}.greeter.greet", handler=greet)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await nc.flush()
    print("service is up", flush=True)

    await stop.wait()
    await nc.drain()  # takes no new calls, finishes those that came


asyncio.run(main())
