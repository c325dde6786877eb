/** As much of a registry as takes one upload, and keeps what arrived before a connection broke, as the spec has it. */
export interface KeepingRegistry {
  readonly url: string;
  /** The methods that were used, but for looking whether it is there. */
  requests(): readonly string[];
  content(): Uint8Array;
  close(): Promise<void>;
}

/** The reference implementation gives up an upload that broke in the middle of a piece; others do not. */
export function startKeepingRegistry(options: {
  readonly cutAfter: number;
  /** It takes no smaller pieces, but for the last. */
  readonly minChunkBytes?: number;
}): KeepingRegistry {
  const { cutAfter, minChunkBytes = 1 } = options;
  const requests: string[] = [];
  let content = new Uint8Array();
  let isCut = false;
  const take = (piece: Uint8Array): void => {
    content = new Uint8Array(Buffer.concat([content, piece]));
  };
  const state = (status: number): Response => {
    const range = `0-${Math.max(0, content.byteLength - 1)}`;
    return new Response(null, {
      status,
      headers: { location: "/v2/upload/1?n=a%2Fb", range, "oci-chunk-min-length": String(minChunkBytes) },
    });
  };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      if (request.method === "HEAD") return new Response(null, { status: 404 });
      requests.push(request.method);
      if (request.method === "PATCH") {
        const from = Number(request.headers.get("content-range")?.split("-")[0]);
        if (from !== content.byteLength) return new Response(null, { status: 416 });
        const body = await request.bytes();
        const room = isCut ? Number.POSITIVE_INFINITY : cutAfter - content.byteLength;
        isCut ||= body.byteLength > room;
        take(body.subarray(0, room));
        // A proxy before it says that the connection broke.
        return body.byteLength > room ? new Response(null, { status: 502 }) : state(202);
      }
      if (request.method === "PUT") return new Response(null, { status: 201 });
      return state(request.method === "POST" ? 202 : 204);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests: () => requests,
    content: () => content,
    close: () => server.stop(true),
  };
}
