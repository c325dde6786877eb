import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Certificates, makeCertificates } from "../../support/certificates.ts";
import { python } from "../../support/python.ts";
import { bundled, source } from "./bundling.ts";
import { type FunctionProcess, startFunction } from "./function-process.ts";

const PYTHON = { template: "python", runtime: "python" } as const;

describe("a function in Python, as HTTP/1.1 reaches it", () => {
  let running: FunctionProcess;
  let port: number;
  beforeAll(async () => {
    python();
    const handler = `
import asyncio

async def handler(data, context):
    if data == "wait":
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            context.log.info("was cancelled")
            raise
    if data == "set":
        return {1, 2}
    return [data, context.traceparent[3:35]]
`;
    running = await startFunction(await bundled(source(handler, PYTHON)));
    port = Number(new URL(running.url).port);
  });
  afterAll(() => running?.[Symbol.asyncDispose]());

  it("reads a body in chunks, and several requests of one connection", async () => {
    const trace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
    const chunked = `POST / HTTP/1.1\r\nHost: x\r\n${trace}Transfer-Encoding: chunked\r\n\r\n3\r\n"te\r\n2;x=y\r\na"\r\n0\r\nTrailer: x\r\n\r\n`;
    const plain = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\n7`;
    const text = await said(port, chunked + plain);
    expect(text).toContain(`["tea","0af7651916cd43dd8448eb211c80319c"]`);
    expect(text).toContain("[7,");
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text).toContain("Connection: close");
  });

  it("asks for a body that waits for being asked", async () => {
    const text = await said(
      port,
      `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\n7`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it("closes after a request of HTTP/1.0", async () => {
    expect(await said(port, "GET /?a=1 HTTP/1.0\r\n\r\n")).toContain(`{"a":"1"}`);
  });

  it.each([
    [
      "lengths that contradict each other",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12", 400],
    ["a length that is none", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400],
    ["a coding nobody knows", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400],
    ["a chunk without a length", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400],
    ["a chunk that is too long", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413],
    ["a body that is too long", "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413],
    ["a header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400],
    ["a header's name with a blank", "GET / HTTP/1.1\r\nContent-Length : 1\r\n\r\n", 400],
    ["another version", "GET / HTTP/2.0\r\n\r\n", 400],
    ["no request at all", "\0\r\n\r\n", 400],
    ["a header without an end", `GET / HTTP/1.1\r\nX: ${"x".repeat(70_000)}`, 431],
  ])("refuses %s, and closes", async (_, request, status) => {
    expect(await said(port, request)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*Connection: close`));
    expect((await running.post(1)).status).toBe(200);
  });

  it("cancels a coroutine whose time is over", async () => {
    const response = await running.post(JSON.stringify("wait"), { "X-Request-Timeout": "0.05" });
    expect(response.status).toBe(504);
    await running.untilSaid("was cancelled");
  });

  it("says no more than that it failed when a result is no JSON", async () => {
    const response = await running.post(JSON.stringify("set"));
    expect(await response.json()).toMatchObject({ code: "function_failed", status: 500 });
  });
});

describe("a function in Python and its broker", () => {
  it("speaks TLS where the broker asks for it, and trusts whom it was told to", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fmesh-tls-"));
    const { certificateFile, keyFile, caFolder } = await makeCertificates(folder);
    const authority = join(caFolder, "ca.crt");
    const said = Promise.withResolvers<string>();
    const sockets = new Set<Socket>();
    const broker = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.write(`INFO {"server_id":"x","headers":true,"max_payload":1048576,"tls_required":true}\r\n`);
      void upgrade(socket, { keyFile, certificateFile }, said);
    });
    await new Promise<void>((resolve) => broker.listen(0, "127.0.0.1", resolve));
    const { port } = broker.address() as { port: number };
    const env = { NATS_URL: `tls://secret@localhost:${port}`, FMESH_PROJECT: "shop", FMESH_SERVICE: "greet" };
    const bundle = await bundled(source("def handler(data): return data", PYTHON));
    {
      await using trusting = await startFunction(bundle, { ...env, SSL_CERT_FILE: authority });
      await trusting.untilSaid("broker connected");
      expect(JSON.parse((await said.promise).replace(/^CONNECT /, ""))).toMatchObject({
        auth_token: "secret",
        headers: true,
      });
      await using doubting = await startFunction(bundle, { ...env, SSL_CERT_FILE: "/dev/null" });
      const line = await doubting.untilSaid("cannot reach the broker yet; trying on");
      expect(String(line["reason"])).toContain("CERTIFICATE_VERIFY_FAILED");
    }
    for (const socket of sockets) socket.destroy();
    broker.close();
    await rm(folder, { recursive: true });
  });

  it("is not started with an address that it cannot use", async () => {
    const bundle = await bundled(source("def handler(data): return data", PYTHON));
    const env = { NATS_URL: "ws://secret@localhost:1", FMESH_PROJECT: "shop", FMESH_SERVICE: "greet" };
    const error = await startFunction(bundle, env).catch((thrown: unknown) => String(thrown));
    expect(error).toContain("by nats://host:port, tls://host:port or nats+unix://");
    expect(error).not.toContain("secret");
  });
});

/** Goes on in TLS, as a NATS server does, and says what the client said first. */
async function upgrade(
  socket: Socket,
  files: Pick<Certificates, "keyFile" | "certificateFile">,
  said: PromiseWithResolvers<string>,
): Promise<void> {
  const [key, cert] = await Promise.all([readFile(files.keyFile), readFile(files.certificateFile)]);
  const secure = new TLSSocket(socket, { isServer: true, key, cert });
  secure.on("error", () => undefined);
  secure.on("data", (chunk: Uint8Array) => {
    const lines = Buffer.from(chunk).toString().split("\r\n");
    said.resolve(lines.find((line) => line.startsWith("CONNECT ")) ?? "");
    if (lines.includes("PING")) secure.write("PONG\r\n");
  });
}

/** What a server answers to these bytes, until it closes the connection. */
function said(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
  });
}
