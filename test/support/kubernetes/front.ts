import { readFile } from "node:fs/promises";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Certificates } from "../certificates.ts";

/**
 * The TLS in front of the API server, with connections that can be counted and cut. Bun's own server does not tell whose
 * certificate a client has; this one notes it by the port of the connection that it opens behind itself.
 */
export class Front {
  readonly #certificates: Certificates;
  readonly #innerPort: number;
  readonly #names = new Map<number, string>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(certificates: Certificates, innerPort: number) {
    this.#certificates = certificates;
    this.#innerPort = innerPort;
  }

  get port(): number {
    return this.#port;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** The common name of the client whose connection comes in at that port of the server behind. */
  commonNameAt(port: number): string | undefined {
    return this.#names.get(port);
  }

  async listen(): Promise<void> {
    const { certificateFile, keyFile, ca } = this.#certificates;
    const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
    const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, (socket) =>
      this.#pass(socket),
    );
    // A client that gives up in the middle of a handshake, or does not trust the certificate, is no failure of the server.
    server.on("tlsClientError", () => undefined);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(this.#port, "127.0.0.1", resolve);
    await promise;
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    this.cut();
    await promise;
  }

  #pass(outer: TLSSocket): void {
    const name = outer.authorized ? String(outer.getPeerCertificate().subject?.CN ?? "") : "";
    this.#sockets.add(outer);
    const inner = connect(this.#innerPort, "127.0.0.1", () => {
      const { localPort = 0 } = inner;
      if (name === "") this.#names.delete(localPort);
      else this.#names.set(localPort, name);
      outer.pipe(inner).pipe(outer);
    });
    const end = (): void => {
      this.#sockets.delete(outer);
      outer.destroy();
      inner.destroy();
    };
    // A connection that breaks is closed as well; how does not matter here.
    for (const socket of [outer, inner]) socket.on("error", end).on("close", end);
  }
}
