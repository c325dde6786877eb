"""The function served by HTTP."""

from .http_function import HttpFunction
from .http_server import HttpServer


class ServedByHttp:
    def __init__(self, function, config, log, caller):
        self._port = config.port
        self._http = HttpFunction(function, config, log, caller)
        self._server = HttpServer(self._http.handle, max_body_bytes=config.max_body_bytes)

    async def listen(self):
        """Gives the port."""
        return await self._server.listen(self._port)

    async def drain(self):
        """Takes no new calls; resolves when no response is owed."""
        self._http.is_draining = True
        self._server.stop_listening()
        await self._server.idle()

    async def close(self):
        await self._server.close()
