import { expect, test } from "vitest";
import { CloseStack } from "../../mesh/lifecycle.ts";

test("what was opened last is closed first, one after the other", async () => {
  const stack = new CloseStack();
  const closed: string[] = [];
  const thing = {
    close: async () => {
      await Promise.resolve();
      closed.push("first");
    },
  };
  expect(stack.use(thing)).toBe(thing);
  stack.defer(() => void closed.push("second"));
  stack.defer(async () => {
    await new Promise(setImmediate);
    closed.push("third");
  });
  await stack.close();
  expect(closed).toEqual(["third", "second", "first"]);
});

test("closing twice closes everything once, and both wait for the end", async () => {
  const stack = new CloseStack();
  let count = 0;
  stack.defer(async () => {
    await new Promise(setImmediate);
    count++;
  });
  await Promise.all([stack.close(), stack.close()]);
  await stack.close();
  expect(count).toBe(1);
});

test("everything is closed even when something fails, and every failure is told", async () => {
  const stack = new CloseStack();
  const failures = [new Error("synchronous"), new Error("asynchronous")];
  let isClosed = false;
  stack.defer(() => {
    isClosed = true;
  });
  stack.defer(async () => {
    await new Promise(setImmediate);
    throw new Error("asynchronous");
  });
  stack.defer(() => {
    throw new Error("synchronous");
  });
  await expect(stack.close()).rejects.toMatchObject({ errors: failures });
  expect(isClosed).toBe(true);
});

test("what is opened after the closing began is closed too, even when something before failed", async () => {
  const stack = new CloseStack();
  const closed: string[] = [];
  stack.defer(() => {
    throw new Error("stuck");
  });
  const first = stack.close();
  stack.defer(() => void closed.push("late"));
  await expect(first).rejects.toThrow("some parts did not close cleanly");
  await expect(stack.close()).rejects.toThrow("some parts did not close cleanly");
  expect(closed).toEqual(["late"]);
});
