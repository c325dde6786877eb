/**
 * A collector as a process of its own: takes traces over OTLP/HTTP on loopback and writes each request it understood as
 * a line of JSON. `COLLECTOR_PORT` is its port, `COLLECTOR_DELAY_MS` makes it slow to answer.
 */
import type { CollectedSpan } from "./collected-span.ts";
import { decodeJson } from "./decode-json.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => CollectedSpan[]>> = {
  "application/x-protobuf": decodeProtobuf,
  "application/json": decodeJson,
};
const delayMs = Number(process.env["COLLECTOR_DELAY_MS"] ?? 0);

function write(line: unknown): void {
  process.stdout.write(
    `${JSON.stringify(line, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))}\n`,
  );
}

async function take(request: Request): Promise<Response> {
  const encoding = request.headers.get("Content-Type")?.split(";")[0] ?? "";
  const decode = DECODERS[encoding];
  if (decode === undefined) return new Response(null, { status: 415 });
  const sent = new Uint8Array(await request.arrayBuffer());
  const spans = decode(request.headers.get("Content-Encoding") === "gzip" ? Bun.gunzipSync(sent) : sent);
  write({ encoding, headers: Object.fromEntries(request.headers), spans });
  await Bun.sleep(delayMs);
  // An `ExportTraceServiceResponse` without a partial success: no bytes at all in protobuf.
  const answer = encoding === "application/json" ? "{}" : new Uint8Array(0);
  return new Response(answer, { headers: { "Content-Type": encoding } });
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env["COLLECTOR_PORT"] ?? 0),
  idleTimeout: 0,
  routes: { "/v1/traces": { POST: take } },
  fetch: () => new Response(null, { status: 404 }),
  error: (error) => {
    write({ error: error.message });
    return new Response(null, { status: 400 });
  },
});
write({ url: server.url.origin });
