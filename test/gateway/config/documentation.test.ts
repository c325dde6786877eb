import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "./fixtures.ts";

test("every example of docs/configuration.md is a good configuration without warnings", () => {
  const document = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const env = {
    SHOP_SECRET: "secret",
    SHOP_SECRET_BEFORE: "secret before",
    SHOP_PUBLIC_KEY: publicKey.export({ type: "spki", format: "pem" }).toString(),
    ADMIN_SECRET: "secret of administrators",
    ANNS_PASSWORD: "password",
    BOBS_PASSWORD: "password",
    NATS_ADDRESS: "nats://broker.example.com:4222",
    NATS_TOKEN: "token",
    FUNCTIONS_DATABASE: "postgres://keeper@db.example.com/functions",
    RABBIT_URL: "amqp://mesh@rabbit.example.com",
    PEOPLE_URL: "postgres://reader@db.example.com/people",
    STRIPE_KEY: "key",
  };
  const examples = [...document.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  expect(examples).toHaveLength(2);
  for (const text of examples) expect(parse(text, { env }).warnings).toEqual([]);
});
