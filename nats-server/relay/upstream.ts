import { once } from "node:events";
import { type Socket, connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";

/** How long a broker may take to greet. */
const GREETING_MS = 5_000;
const DEFAULT_PORT = 4222;
const MAX_GREETING_BYTES = 64 * 1024;

/** A broker elsewhere, to which connections are led. */
export class Upstream {
  /** Without credentials. */
  readonly url: string;
  readonly #host: string;
  readonly #port: number;
  readonly #isTls: boolean;
  readonly #ca: string | undefined;

  /** @throws TypeError for what is no `nats://` or `tls://` URL; the text never holds its credentials. */
  constructor(url: string, ca: string | undefined) {
    const parsed = URL.parse(url);
    if (parsed === null || !["nats:", "tls:"].includes(parsed.protocol) || parsed.hostname === "") {
      throw new TypeError("a relay leads to a broker's nats://host:port or tls://host:port");
    }
    this.#host = parsed.hostname.replace(/^\[|\]$/g, "");
    this.#port = parsed.port === "" ? DEFAULT_PORT : Number(parsed.port);
    this.#isTls = parsed.protocol === "tls:";
    this.#ca = ca;
    this.url = `${parsed.protocol}//${parsed.hostname}:${this.#port}`;
  }

  /** Leads a client's connection there. From then on each ends with the other; rejects when the broker cannot be reached. */
  async lead(client: Socket): Promise<void> {
    const plain = connect({ host: this.#host, port: this.#port, noDelay: true });
    client.once("close", () => plain.destroy());
    try {
      const greeting = await greetingOf(plain);
      const socket = this.#isTls || greeting.tls_required === true ? await this.#encrypted(plain) : plain;
      socket.on("error", () => undefined); // its end follows
      socket.once("close", () => client.destroy());
      client.once("close", () => socket.destroy());
      client.write(`INFO ${JSON.stringify(withoutTls(greeting))}\r\n`);
      client.pipe(socket).pipe(client);
    } catch (error) {
      plain.destroy();
      throw error;
    }
  }

  /** A NATS server speaks first, and of encryption only after that. */
  async #encrypted(plain: Socket): Promise<Socket> {
    const socket = connectTls({
      socket: plain,
      host: this.#host,
      // Which an address is not (RFC 6066, section 3).
      ...(isIP(this.#host) === 0 && { servername: this.#host }),
      ...(this.#ca !== undefined && { ca: this.#ca }),
    });
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(GREETING_MS) });
    return socket;
  }
}

/** What a server says first (https://docs.nats.io/reference/reference-protocols/nats-protocol#info). */
interface Greeting {
  readonly tls_required?: unknown;
  readonly [name: string]: unknown;
}

/** Reads the greeting and nothing that comes after it. */
function greetingOf(socket: Socket): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const timer = setTimeout(() => fail(new Error("it did not greet in time")), GREETING_MS);
    const settle = (): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("error", fail).off("close", onClose).pause();
    };
    const fail = (error: Error): void => {
      settle();
      // A later error is of no interest: the connection is given up.
      socket.on("error", () => undefined);
      reject(error);
    };
    const onClose = (): void => fail(new Error("it closed the connection before it greeted"));
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n");
      if (end < 0 && received.length <= MAX_GREETING_BYTES) return;
      const greeting = parsed(received.subarray(0, Math.max(end, 0)).toString());
      if (greeting === undefined) return fail(new Error("it is no NATS server: it greets in another way"));
      settle();
      if (received.length > end + 2) socket.unshift(received.subarray(end + 2));
      resolve(greeting);
    };
    socket.on("data", onData).once("error", fail).once("close", onClose);
  });
}

function parsed(line: string): Greeting | undefined {
  const [, json] = /^INFO\s+(\{.*\})\s*$/.exec(line) ?? [];
  try {
    return json === undefined ? undefined : (JSON.parse(json) as Greeting);
  } catch {
    return undefined; // told as what it is by whoever asks
  }
}

/** The way to the relay is not encrypted; only it goes on to be. */
function withoutTls(greeting: Greeting): Greeting {
  const { tls_required: _, tls_available: __, tls_verify: ___, ...rest } = greeting;
  return rest;
}
