/** The least an HTTP server on Bun can do with JSON and with streams: what calls are measured against. */
import { chunks, lines } from "./sources.ts";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/bytes") return new Response(streamed(chunks(Number(searchParams.get("bytes")))));
    if (pathname === "/items") return new Response(streamed(lines(Number(searchParams.get("items")))));
    return Response.json(await request.json());
  },
});

function streamed(pieces: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const piece = await pieces.next();
      if (piece.done === true) controller.close();
      else controller.enqueue(piece.value);
    },
  });
}

console.log(JSON.stringify({ url: server.url.origin }));
