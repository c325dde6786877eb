import { testMesh } from "functions-mesh/testing";
import { expect, test } from "vitest";
import { greeter } from "./greeter.ts";

test("it knows who calls", async () => {
  await using mesh = await testMesh({ services: [greeter], claims: { id: "ann" } });
  expect(await mesh.client<typeof greeter>().greeter.hello({})).toEqual({ text: "Hello, ann!" });
});

test("it greets, loudly if asked to", async () => {
  await using mesh = await testMesh({ services: [greeter] });
  const client = mesh.client<typeof greeter>();
  expect(await client.greeter.greet({ name: "Ann" })).toEqual({ text: "Hello, Ann!" });
  expect(await client.greeter.greet({ name: "Ann", loudly: true })).toEqual({ text: "HELLO, ANN!" });
});

test("params that do not fit its schema are refused", async () => {
  await using mesh = await testMesh({ services: [greeter] });
  await expect(mesh.call("greeter.greet", { name: "" })).rejects.toMatchObject({ code: "invalid_request" });
});

test("it counts down, one number after the other", async () => {
  await using mesh = await testMesh({ services: [greeter] });
  const numbers = await Array.fromAsync(mesh.client<typeof greeter>().greeter.countdown({ from: 3 }));
  expect(numbers).toEqual([3, 2, 1]);
});
