import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BrokerUnderTest, type UseNatsOptions, brokersUnderTest, useNats } from "../support/nats.ts";
import { type RawClient, answerTo, greetedClient, rawClient } from "./raw-client.ts";

const EVERYTHING = { headers: true, no_responders: true };

describe.each(brokersUnderTest())("the bytes %s sends", (kind) => {
  let broker: BrokerUnderTest;
  const clients: RawClient[] = [];
  const kept = (client: RawClient): RawClient => {
    clients.push(client);
    return client;
  };
  const raw = async (): Promise<RawClient> => kept(await rawClient(broker.tcpUrl));
  const greeted = async (options?: Record<string, unknown>): Promise<RawClient> =>
    kept(await greetedClient(broker.tcpUrl, options));
  beforeAll(async () => {
    broker = await useNats(kind);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => broker.stop());

  test("greet a client with INFO", async () => {
    const client = await raw();
    const greeting = await client.until("\r\n");
    const [, json = ""] = /^INFO (\{.*\}) ?\r\n$/.exec(greeting) ?? [];
    expect(JSON.parse(json)).toMatchObject({
      server_id: expect.any(String) as unknown,
      server_name: expect.any(String) as unknown,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      proto: 1,
      headers: true,
      max_payload: 1024 * 1024,
      client_id: expect.any(Number) as unknown,
      client_ip: "127.0.0.1",
      host: "127.0.0.1",
      port: Number(new URL(broker.tcpUrl).port),
    });
  });

  test.for([
    { about: "a message", sent: "SUB a 1\r\nPUB a 2\r\nhi\r\n", received: "MSG a 1 2\r\nhi\r\n" },
    { about: "an empty message", sent: "SUB a 1\r\nPUB a 0\r\n\r\n", received: "MSG a 1 0\r\n\r\n" },
    { about: "a reply subject", sent: "SUB a 1\r\nPUB a b.c 2\r\nhi\r\n", received: "MSG a 1 b.c 2\r\nhi\r\n" },
    { about: "a sid of letters", sent: "SUB a sid-7\r\nPUB a 0\r\n\r\n", received: "MSG a sid-7 0\r\n\r\n" },
    { about: "the subject published to", sent: "SUB a.> 1\r\nPUB a.b 0\r\n\r\n", received: "MSG a.b 1 0\r\n\r\n" },
    { about: "a queue member", sent: "SUB a q 1\r\nPUB a 0\r\n\r\n", received: "MSG a 1 0\r\n\r\n" },
    {
      about: "a payload that looks like protocol",
      sent: "SUB a 1\r\nPUB a 6\r\nPING\r\n\r\n",
      received: "MSG a 1 6\r\nPING\r\n\r\n",
    },
    { about: "operations in lower case", sent: "sub a 1\r\npub a 2\r\nhi\r\n", received: "MSG a 1 2\r\nhi\r\n" },
    { about: "tabs and many spaces", sent: "SUB  a\t1\r\nPUB\ta  b   2 \r\nhi\r\n", received: "MSG a 1 b 2\r\nhi\r\n" },
    { about: "line feeds alone", sent: "SUB a 1\nPUB a 2\nhi\r\n", received: "MSG a 1 2\r\nhi\r\n" },
    {
      about: "a sid used twice",
      sent: "SUB a 1\r\nSUB b 1\r\nPUB a 0\r\n\r\nPUB b 0\r\n\r\n",
      received: "MSG a 1 0\r\n\r\n",
    },
    { about: "an ended subscription", sent: "SUB a 1\r\nUNSUB 1\r\nPUB a 0\r\n\r\n", received: "" },
    { about: "an end to something unknown", sent: "UNSUB 99\r\n", received: "" },
    {
      about: "a subscription for two messages",
      sent: "SUB a 1\r\nUNSUB 1 2\r\nPUB a 1\r\n1\r\nPUB a 1\r\n2\r\nPUB a 1\r\n3\r\n",
      received: "MSG a 1 1\r\n1\r\nMSG a 1 1\r\n2\r\n",
    },
    {
      about: "a subscription that already had more than it now asks for",
      sent: "SUB a 1\r\nPUB a 1\r\n1\r\nPUB a 1\r\n2\r\nUNSUB 1 2\r\nPUB a 1\r\n3\r\n",
      received: "MSG a 1 1\r\n1\r\nMSG a 1 1\r\n2\r\n",
    },
    {
      about: "headers",
      sent: "SUB a 1\r\nHPUB a b 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n",
      received: "HMSG a 1 b 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n",
    },
    {
      about: "a request nobody answers",
      sent: "SUB inbox.* 7\r\nPUB nobody inbox.1 0\r\n\r\n",
      received: "HMSG inbox.1 7 16 16\r\nNATS/1.0 503\r\n\r\n\r\n",
    },
    { about: "a request nobody answers, without a way back", sent: "PUB nobody inbox.1 0\r\n\r\n", received: "" },
    {
      about: "an invalid subscription",
      sent: "SUB a..b 1\r\nSUB >.a 2\r\n",
      received: "-ERR 'Invalid Subject'\r\n".repeat(2),
    },
    { about: "the longest control line", sent: `PUB ${"a".repeat(4094)} 0\r\n\r\n`, received: "" },
  ])("for $about", async ({ sent, received }) => {
    expect(await answerTo(await greeted(EVERYTHING), sent)).toBe(received);
  });

  test("leave headers out for a client that cannot read them", async () => {
    const [plain, publisher] = [await greeted(), await greeted(EVERYTHING)];
    plain.send("SUB a 1\r\nPING\r\n");
    await plain.until("PONG\r\n");
    publisher.send("HPUB a b 18 20\r\nNATS/1.0\r\nA: b\r\n\r\nhi\r\n");
    expect(await plain.until("hi\r\n")).toBe("PONG\r\nMSG a 1 b 2\r\nhi\r\n");
  });

  test("acknowledge each operation of a verbose client", async () => {
    const client = await greeted({ verbose: true });
    const sent = "SUB a 1\r\nPUB a 0\r\n\r\nUNSUB 1\r\n";
    expect(await answerTo(client, sent)).toBe("+OK\r\n+OK\r\nMSG a 1 0\r\n\r\n+OK\r\n");
  });

  test("complain to a pedantic client that publishes to a wildcard", async () => {
    const client = await greeted({ pedantic: true });
    expect(await answerTo(client, "PUB a.* 0\r\n\r\n")).toBe("-ERR 'Invalid Publish Subject'\r\n");
  });

  test.for([
    { about: "HTTP", sent: "GET / HTTP/1.1\r\n\r\n", error: "Unknown Protocol Operation" },
    { about: "an empty line", sent: "\r\n", error: "Unknown Protocol Operation" },
    { about: "bytes without a line end", sent: "\x16\x03\x01", error: "Unknown Protocol Operation" },
    { about: "a payload longer than it says", sent: "PUB a 3\r\nabcdef\r\n", error: "Unknown Protocol Operation" },
    { about: "a payload beyond the limit", sent: "PUB a 1048577\r\n", error: "Maximum Payload Violation" },
    { about: "headers beyond the limit", sent: "HPUB a 12 1048577\r\n", error: "Maximum Payload Violation" },
    { about: "an endless control line", sent: `PUB ${"a".repeat(8192)}`, error: "maximum control line exceeded" },
    {
      about: "a control line one too long",
      sent: `PUB ${"a".repeat(4095)} 0\r\n`,
      error: "maximum control line exceeded",
    },
  ])("refuse $about and close", async ({ sent, error }) => {
    const client = await greeted(EVERYTHING);
    client.send(sent);
    expect(await client.closed).toBe(`-ERR '${error}'\r\n`);
  });

  test.for([
    "PUB a",
    "PUB a -1",
    "PUB a 1 2 3",
    "SUB a",
    "UNSUB",
    "HPUB a 20 10",
    "PUB a 99999999999999999999",
    "CONNECT {",
  ])("end after %j", async (line) => {
    const client = await greeted(EVERYTHING);
    client.send(`${line}\r\n`);
    const refused = "-ERR 'Unknown Protocol Operation'\r\n";
    // The other server mostly closes without a word.
    expect(kind === "embedded" ? [refused] : [refused, ""]).toContain(await client.closed);
  });

  test("refuse no_responders without headers", async () => {
    const client = await raw();
    client.send('CONNECT {"no_responders":true,"headers":false}\r\n');
    expect(await client.closed).toContain("-ERR 'no responders requires headers support'\r\n");
  });
});

describe.each(brokersUnderTest())("what %s asks for before it lets a client in", (kind) => {
  const withBroker = async (
    options: UseNatsOptions,
    use: (broker: BrokerUnderTest) => Promise<void>,
  ): Promise<void> => {
    const broker = await useNats(kind, options);
    try {
      await use(broker);
    } finally {
      await broker.stop();
    }
  };

  test.for(["PING", "SUB a 1", 'CONNECT {"verbose":false}', 'CONNECT {"auth_token":"wrong"}'])(
    "a token, not %j",
    async (line) => {
      await withBroker({ auth: { token: "s3cret" } }, async ({ tcpUrl }) => {
        const client = await rawClient(tcpUrl);
        expect(await client.until("\r\n")).toContain('"auth_required":true');
        client.send(`${line}\r\n`);
        expect(await client.closed).toMatch(/\r\n-ERR 'Authorization Violation'\r\n$/);
      });
    },
  );

  test("a small enough payload, by its own limit", async () => {
    await withBroker({ maxPayloadBytes: 1000 }, async ({ tcpUrl }) => {
      const client = await greetedClient(tcpUrl, EVERYTHING);
      client.send(`SUB a 1\r\nPUB a 1000\r\n${"x".repeat(1000)}\r\nHPUB a 12 1001\r\n`);
      expect(await client.closed).toMatch(/^MSG a 1 1000\r\nx{1000}\r\n-ERR 'Maximum Payload Violation'\r\n$/);
    });
  });
});
