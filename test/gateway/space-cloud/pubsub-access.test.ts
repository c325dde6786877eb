import { describe, expect, test } from "vitest";
import { PROJECT, PROJECT_SECRET, type WrittenConfig, testConfig } from "../../support/mesh.ts";
import { brokersUnderTest } from "../../support/nats.ts";
import { meshForSuite } from "../calling.ts";
import { PubsubClient } from "./pubsub-client.ts";
import { OK, RULES, client, guard, publish, refused, withRules } from "./pubsub-site.ts";

describe.each(brokersUnderTest())("who may publish and subscribe, broker: %s", (kind) => {
  const mesh = meshForSuite({ kind, config: withRules(RULES), services: [guard] });

  test("rules say who may, and nobody may where there is none", async () => {
    const [ada, bob] = [await mesh().token({ id: "ada" }), await mesh().token({ id: "bob" })];
    await using listener = await client(mesh());
    expect(await listener.subscribe("/mail/ada")).toEqual(refused(403));
    expect(await listener.subscribe("/mail/ada", { token: "nonsense" })).toEqual(refused(403));
    expect(await listener.subscribe("/mail/ada", { token: bob })).toEqual(refused(403, /"\/mail\/ada\/"/));
    expect(await listener.subscribe("/mail/ada", { token: ada })).toEqual(OK);
    expect(await listener.subscribe("/mail", { token: ada })).toEqual(refused(403));
    for (const subject of ["/", "", "/elsewhere", "/write-only", "/__proto__"]) {
      expect(await listener.subscribe(subject, { token: ada })).toEqual(refused(403, /no rule allows subscribing/));
    }
    expect(await publish(mesh(), "/mail/ada", 1)).toEqual([403, { error: expect.any(String) as string }]);
    expect(await publish(mesh(), "/mail/ada", 2, bob)).toEqual([200, {}]);
    expect(await listener.feed()).toEqual({ subject: "/mail/ada/", data: 2 });
    for (const subject of ["/", "/read-only", "/elsewhere"]) {
      expect(await publish(mesh(), subject, 1, ada)).toEqual([
        403,
        { error: expect.stringMatching(/no rule allows publishing at/) as string },
      ]);
    }
  });

  test("who hears a subject hears of what is below it only what its own rule allows", async () => {
    const token = await mesh().token({ id: "ada" });
    const stranger = await mesh().token({ id: "stranger" });
    await using anybody = await client(mesh());
    await using known = await client(mesh());
    await using odd = await client(mesh());
    await anybody.subscribe("/chat");
    await known.subscribe("/chat", { token });
    await odd.subscribe("/chat", { token: stranger });
    for (const subject of ["/chat/staff", "/chat/asked/x", "/chat/staff/room", "/chat/end"])
      await publish(mesh(), subject, 1);
    const heard = async (listener: PubsubClient): Promise<string[]> => {
      const subjects: string[] = [];
      while (subjects.at(-1) !== "/chat/end/") subjects.push(((await listener.feed()) as { subject: string }).subject);
      return subjects;
    };
    expect(await heard(anybody)).toEqual(["/chat/end/"]);
    expect(await heard(known)).toEqual(["/chat/staff/", "/chat/asked/x/", "/chat/staff/room/", "/chat/end/"]);
    expect(await heard(odd)).toEqual(["/chat/staff/", "/chat/staff/room/", "/chat/end/"]);
  });

  test("a project without subjects answers as one that is not there", async () => {
    const apply = (config: WrittenConfig): void => mesh().gateway.replaceConfig(testConfig(config));
    await using stranger = await client(mesh(), "elsewhere");
    expect(await stranger.subscribe("/chat")).toEqual(refused(403));
    const body = JSON.stringify({ subject: "/chat", data: 1 });
    const response = await fetch(`${mesh().url}/v1/api/elsewhere/pubsub`, { method: "POST", body });
    expect(response.status).toBe(403);
    try {
      apply(withRules(undefined));
      await using listener = await client(mesh());
      expect(await listener.subscribe("/chat")).toEqual(refused(403, /^no rule allows/));
      expect(await publish(mesh(), "/chat", 1)).toEqual([403, { error: 'no rule allows publishing at "/chat/"' }]);
    } finally {
      apply(withRules(RULES));
    }
  });

  test("on the path of older clients the project is the one they name, or the only one", async () => {
    await using older = await PubsubClient.connect(mesh().url);
    expect(await older.subscribe("/chat/lobby")).toEqual(OK);
    await publish(mesh(), "/chat/lobby", 1);
    expect(await older.feed()).toEqual({ subject: "/chat/lobby/", data: 1 });
    expect(await older.subscribe("/chat/lobby", { project: PROJECT })).toEqual(OK);
    expect(await older.subscribe("/chat/lobby", { project: "elsewhere" })).toEqual(refused(403));
    // Where the path names one, that counts.
    await using newer = await client(mesh());
    expect(await newer.subscribe("/chat/lobby", { project: "elsewhere" })).toEqual(OK);
  });

  test("a configuration that withdraws the right ends the subscription, and leaves the others", async () => {
    const apply = (rules: readonly object[]): void => mesh().gateway.replaceConfig(testConfig(withRules(rules)));
    const token = await mesh().token({ id: "ada" });
    await using listener = await client(mesh());
    await listener.subscribe("/chat/lobby");
    await listener.subscribe("/read-only");
    await listener.subscribe("/mail/ada", { token });
    try {
      apply([{ subject: "/chat", publish: "allow", subscribe: "authenticated" }, ...RULES.slice(1)]);
      const told = await listener.next(({ type }) => type === "pubsub-subscribe");
      expect(told.data).toEqual(refused(403));
      await publish(mesh(), "/chat/lobby", "not heard");
      await publish(mesh(), "/mail/ada", "heard", token);
      expect(await listener.feed()).toEqual({ subject: "/mail/ada/", data: "heard" });
    } finally {
      apply(RULES);
    }
    await publish(mesh(), "/chat/lobby", "still not heard");
    await publish(mesh(), "/mail/ada", "heard again", token);
    expect(await listener.feed()).toEqual({ subject: "/mail/ada/", data: "heard again" });
  });

  test("a subscription stays with its project, also where another one becomes the only one", async () => {
    await using older = await PubsubClient.connect(mesh().url);
    await older.subscribe("/chat/lobby");
    try {
      const bakery = { id: "bakery", secret: PROJECT_SECRET, pubsub: { rules: RULES } };
      mesh().gateway.replaceConfig(testConfig({ projects: [bakery] }));
      expect((await older.next(({ type }) => type === "pubsub-subscribe")).data).toEqual(refused(403));
    } finally {
      mesh().gateway.replaceConfig(testConfig(withRules(RULES)));
    }
  });

  test("a rule for / opens a project, and who hears / hears all that is let through", async () => {
    const token = await mesh().token({ id: "ada" });
    try {
      const open = { subject: "/", publish: "allow", subscribe: "allow" };
      mesh().gateway.replaceConfig(testConfig(withRules([open, { subject: "/closed", publish: "allow" }])));
      await using listener = await client(mesh());
      expect(await listener.subscribe("/", { token })).toEqual(OK);
      for (const subject of ["/", "/closed/x", "/a/b"]) expect(await publish(mesh(), subject, 1)).toEqual([200, {}]);
      expect(await listener.feed()).toEqual({ subject: "/", data: 1 });
      expect(await listener.feed()).toEqual({ subject: "/a/b/", data: 1 });
    } finally {
      mesh().gateway.replaceConfig(testConfig(withRules(RULES)));
    }
  });

  test("while a rule is asked nothing is heard, and what was given up meanwhile does not begin", async () => {
    const token = await mesh().token();
    const asked: (() => void)[] = [];
    const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    mesh().workers.subscribe("fn.shop.slow.check", { queue: "q" }, (message) => {
      asked.push(() => message.reply({ payload: new TextEncoder().encode('{"ack":true}'), headers: {} }));
      arrived[asked.length - 1]?.resolve();
    });
    await mesh().workers.flush();
    const slow = { rule: "func", service: "slow", func: "check" };
    try {
      const slowly = { subject: "/slow", publish: "allow", subscribe: slow };
      mesh().gateway.replaceConfig(testConfig(withRules([slowly])));
      await using listener = await client(mesh());
      const ends = listener.subscribe("/slow", { id: "ends", token });
      await arrived[0]?.promise;
      await publish(mesh(), "/slow", "not heard");
      expect(await listener.ask("pubsub-unsubscribe", { id: "ends" })).toEqual(OK);
      const stays = listener.subscribe("/slow", { id: "stays", token });
      await arrived[1]?.promise;
      for (const answer of asked) answer();
      expect(await ends).toEqual(refused(500, /ended before it began/));
      expect(await stays).toEqual(OK);
      await publish(mesh(), "/slow", "heard");
      expect(await listener.feed()).toEqual({ subject: "/slow/", data: "heard" });
    } finally {
      mesh().gateway.replaceConfig(testConfig(withRules(RULES)));
    }
  });

  test("where there are several projects, older clients have to name one", async () => {
    const projects = ["bakery", PROJECT].map((id) => ({ id, secret: PROJECT_SECRET, pubsub: { rules: RULES } }));
    await using older = await PubsubClient.connect(mesh().url);
    try {
      mesh().gateway.replaceConfig(testConfig({ projects }));
      expect(await older.subscribe("/chat/lobby")).toEqual(refused(403, /name one/));
      expect(await older.subscribe("/chat/lobby", { project: "bakery" })).toEqual(OK);
      expect(await older.subscribe("/chat/lobby", { project: PROJECT })).toEqual(OK);
      await publish(mesh(), "/chat/lobby", "in the shop");
      expect(await older.feed()).toEqual({ subject: "/chat/lobby/", data: "in the shop" });
      await publish(mesh(), "/chat/lobby", "once");
      expect(await older.feed()).toEqual({ subject: "/chat/lobby/", data: "once" });
    } finally {
      mesh().gateway.replaceConfig(testConfig(withRules(RULES)));
    }
  });
});
