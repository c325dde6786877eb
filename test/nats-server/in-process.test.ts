import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NatsServer, startNatsServer } from "../../nats-server/server.ts";
import type { CloseNotice, InProcessSocket } from "../../nats-server/transport/in-process.ts";

describe("an in-process link", () => {
  let server: NatsServer;
  beforeEach(async () => {
    server = await startNatsServer({ tcpPort: false, wsPort: false, lameDuckMs: 0 });
  });
  afterEach(() => server.close());

  /** Resolves with all text received, once it ends so. */
  const until = (socket: InProcessSocket, ending: string): Promise<string> =>
    new Promise((resolve) => {
      let received = "";
      socket.onmessage = ({ data }) => {
        received += new TextDecoder().decode(data);
        if (received.endsWith(ending)) resolve(received);
      };
    });

  test("opens and greets once someone listens, however late", async () => {
    const socket = server.connectInProcess();
    expect(socket.readyState).toBe(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.stats().connections).toBe(0);
    const opened = new Promise((resolve) => (socket.onopen = resolve));
    expect(await until(socket, "\r\n")).toMatch(/^INFO \{.*"client_ip":"in-process"/);
    await opened;
    expect(socket.readyState).toBe(1);
  });

  test("answers after `send` has returned, never inside it", async () => {
    const socket = server.connectInProcess();
    await until(socket, "\r\n");
    let isSending = true;
    const answered = new Promise<boolean>((resolve) => (socket.onmessage = () => resolve(isSending)));
    // Enough to be written early, before the turn ends.
    const body = `PUB a 1000000\r\n${"x".repeat(1_000_000)}\r\n`;
    socket.send(new TextEncoder().encode(`SUB a 1\r\n${body}${body}PING\r\n`));
    isSending = false;
    expect(await answered).toBe(false);
  });

  test("hands over buffers that stay as they are", async () => {
    const socket = server.connectInProcess();
    await until(socket, "\r\n");
    const kept: ArrayBuffer[] = [];
    for (const letter of "abc") {
      await new Promise<void>((resolve) => {
        socket.onmessage = ({ data }) => {
          kept.push(data);
          resolve();
        };
        socket.send(
          new TextEncoder().encode(
            `CONNECT {"verbose":false}\r\nSUB ${letter} 1${letter}\r\nPUB ${letter} 1\r\n${letter}\r\n`,
          ),
        );
      });
    }
    expect(kept.map((data) => new TextDecoder().decode(data))).toEqual([
      "MSG a 1a 1\r\na\r\n",
      "MSG b 1b 1\r\nb\r\n",
      "MSG c 1c 1\r\nc\r\n",
    ]);
  });

  test("closed by the client delivers what was sent before, and leaves nothing behind", async () => {
    const [sender, receiver] = [server.connectInProcess(), server.connectInProcess()];
    await Promise.all([until(sender, "\r\n"), until(receiver, "\r\n")]);
    const subscribed = until(receiver, "PONG\r\n");
    receiver.send(new TextEncoder().encode('CONNECT {"verbose":false}\r\nSUB a 1\r\nPING\r\n'));
    await subscribed;
    const delivered = until(receiver, "bye\r\n");
    const closed = new Promise<CloseNotice>((resolve) => (sender.onclose = resolve));
    sender.send(new TextEncoder().encode("PUB a 3\r\nbye\r\n"));
    sender.close();
    sender.close();
    sender.send(new TextEncoder().encode("PUB a 3\r\nbye\r\n"));
    expect(await delivered).toBe("MSG a 1 3\r\nbye\r\n");
    expect(await closed).toMatchObject({ code: 1000, wasClean: true });
    expect(sender.readyState).toBe(3);
    expect(server.stats().connections).toBe(1);
  });

  test("closed by the server tells the client why, after the last words", async () => {
    const socket = server.connectInProcess();
    await until(socket, "\r\n");
    const refused = until(socket, "-ERR 'Unknown Protocol Operation'\r\n");
    const closed = new Promise<CloseNotice>((resolve) => (socket.onclose = resolve));
    socket.send(new TextEncoder().encode("nonsense\r\n"));
    await refused;
    expect(await closed).toMatchObject({ code: 1008, reason: "Unknown Protocol Operation" });
    expect(server.stats().connections).toBe(0);
  });
});
