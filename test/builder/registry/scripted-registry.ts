/** What a registry answers with; `undefined` is 404. */
export type Script = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly url: URL;
  readonly body: Uint8Array;
}) => Response | undefined;

/** For what the real registry at hand does not do: newer parts of the spec, and what no registry should do. */
export function serveScript(script: Script): {
  readonly url: string;
  readonly requests: readonly string[];
  close(): Promise<void>;
} {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const url = new URL(request.url);
      const { method, headers } = request;
      const path = `${url.pathname}${url.search}`;
      requests.push(`${method} ${path}`);
      const answer = script({ method, path, headers, url, body: await request.bytes() });
      return answer ?? Response.json({ errors: [{ code: "NAME_UNKNOWN" }] }, { status: 404 });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, requests, close: () => server.stop(true) };
}
