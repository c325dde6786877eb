/** The least an HTTP server on Bun can do with JSON: what a call is measured against. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => Response.json(await request.json()),
});
console.log(JSON.stringify({ url: server.url.origin }));
