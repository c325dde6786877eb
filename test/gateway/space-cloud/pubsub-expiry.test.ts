import { describe, expect, test } from "vitest";
import { signDevelopmentToken } from "../../../gateway/auth/development-token.ts";
import { watchToken } from "../../../gateway/space-cloud/pubsub/watch-token.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { PROJECT_SECRET } from "../../support/mesh.ts";
import { meshForSuite } from "../calling.ts";
import { OK, client, publish, refused, withRules } from "./pubsub-site.ts";

const inSeconds = (expiresInSeconds: number): Promise<string> =>
  signDevelopmentToken({ secret: PROJECT_SECRET, claims: { id: "ada" }, expiresInSeconds });

describe("a subscription", () => {
  const mesh = meshForSuite({
    kind: "embedded",
    config: withRules([
      { subject: "/open", publish: "allow", subscribe: "allow" },
      { subject: "/known", publish: "allow", subscribe: "authenticated" },
    ]),
  });

  test("ends with its token, and its client is told", async () => {
    await using listener = await client(mesh());
    expect(await listener.subscribe("/known/a", { token: await inSeconds(3) })).toEqual(OK);
    expect(await listener.subscribe("/known/b", { token: await inSeconds(60) })).toEqual(OK);
    await publish(mesh(), "/known/a", "before");
    expect(await listener.feed()).toEqual({ subject: "/known/a/", data: "before" });
    const told = await listener.next(({ type }) => type === "pubsub-subscribe");
    expect(told.data).toEqual(refused(403, /^the token has expired$/));
    await publish(mesh(), "/known/a", "after");
    await publish(mesh(), "/known/b", "still");
    expect(await listener.feed()).toEqual({ subject: "/known/b/", data: "still" });
  });

  test("goes on where it was made again in time with a new one, and where no token was asked for", async () => {
    await using listener = await client(mesh());
    await using witness = await client(mesh());
    expect(await listener.subscribe("/known/a", { id: "s", token: await inSeconds(3) })).toEqual(OK);
    expect(await listener.subscribe("/known/a", { id: "s", token: await inSeconds(60) })).toEqual(OK);
    expect(await listener.subscribe("/open", { token: await inSeconds(1) })).toEqual(OK);
    expect(await witness.subscribe("/known/a", { token: await inSeconds(3) })).toEqual(OK);
    await witness.next(({ type }) => type === "pubsub-subscribe");
    for (const subject of ["/known/a", "/open"]) {
      await publish(mesh(), subject, 1);
      expect(await listener.feed()).toEqual({ subject: `${subject}/`, data: 1 });
    }
  });
});

test("a token whose verifier allows for other clocks has ended when that says so", async () => {
  const asked: string[] = [];
  const answers = [
    () => asked.push("good"),
    () => {
      asked.push("keys are away");
      throw new MeshError("internal", "the keys cannot be had");
    },
    () => {
      asked.push("expired");
      throw new MeshError("unauthenticated", "the token has expired");
    },
  ];
  await new Promise<void>((resolve) => {
    watchToken({ exp: Date.now() / 1000 - 1 }, { verify: () => answers.shift()?.(), onEnd: resolve });
  });
  expect(asked).toEqual(["good", "keys are away", "expired"]);
});
