import { expect, test } from "vitest";
import type { BuildDefinition, PublishedImage } from "../../builder/build.ts";
import type { BuildCall } from "../../builder/pipeline.ts";
import { SharedBuilds } from "../../builder/shared-builds.ts";

const DEFINITION: BuildDefinition = {
  ...{ project: "shop", label: "adder", version: 1, template: "typescript", runtime: "bun" },
  ...{ handler: "export default () => 1", dependencies: {} },
};
const IMAGE: PublishedImage = {
  repository: "shop/adder",
  descriptor: { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: "sha256:ab", size: 2 },
  ...{ reference: "registry.test/shop/adder@sha256:ab", sentBytes: 10, wasThere: false },
};

/** Builds that end when the test says so. */
function builds(atOnce = 2) {
  const begun: { definition: BuildDefinition; call: BuildCall; end: PromiseWithResolvers<PublishedImage> }[] = [];
  const shared = new SharedBuilds(
    (definition, call) => {
      const end = Promise.withResolvers<PublishedImage>();
      begun.push({ definition, call, end });
      call.signal.addEventListener("abort", () => end.reject(call.signal.reason));
      return end.promise;
    },
    { atOnce },
  );
  const ask = (definition = DEFINITION, signal = new AbortController().signal) => {
    const told: unknown[] = [];
    const image = shared.build(definition, { signal, onProgress: (each) => told.push(each), invocationId: "i1" });
    image.catch(() => undefined);
    return { told, image };
  };
  return { begun, ask };
}

test("the same asked for twice is done once, and both hear all of it", async () => {
  const { begun, ask } = builds();
  const first = ask();
  begun[0]?.call.onProgress({ step: "look", state: "began" });
  const second = ask();
  begun[0]?.call.onProgress({ step: "bundle", state: "began" });
  expect(begun).toHaveLength(1);
  begun[0]?.end.resolve(IMAGE);
  expect(await Promise.all([first.image, second.image])).toEqual([IMAGE, IMAGE]);
  const all = [
    { step: "look", state: "began" },
    { step: "bundle", state: "began" },
  ];
  expect([first.told, second.told]).toEqual([all, all]);
  ask();
  expect(begun).toHaveLength(2);
});

test("a build goes on as long as somebody wants it, and not longer", async () => {
  const { begun, ask } = builds();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = ask(DEFINITION, one.signal);
  const second = ask(DEFINITION, other.signal);
  one.abort(new Error("enough"));
  await expect(first.image).rejects.toThrow("enough");
  expect(begun[0]?.call.signal.aborted).toBe(false);
  other.abort(new Error("enough, too"));
  await expect(second.image).rejects.toThrow("enough, too");
  expect(begun[0]?.call.signal.aborted).toBe(true);
  const third = ask();
  expect(begun).toHaveLength(2);
  begun[1]?.end.resolve(IMAGE);
  expect(await third.image).toEqual(IMAGE);
});

test("what fails fails for everybody, and is tried anew when it is asked for again", async () => {
  const { begun, ask } = builds();
  const all = [ask(), ask()];
  begun[0]?.end.reject(new Error("no room"));
  for (const { image } of all) await expect(image).rejects.toThrow("no room");
  ask();
  expect(begun).toHaveLength(2);
});

test("no more run at once than may, and the others come in turn", async () => {
  const { begun, ask } = builds(2);
  const asked = [1, 2, 3, 4].map((version) => ask({ ...DEFINITION, version }));
  expect(begun.map(({ definition }) => definition.version)).toEqual([1, 2]);
  begun[1]?.end.resolve(IMAGE);
  await asked[1]?.image;
  begun[0]?.end.reject(new Error("no"));
  await expect(asked[0]?.image).rejects.toThrow("no");
  await Promise.resolve();
  expect(begun.map(({ definition }) => definition.version)).toEqual([1, 2, 3, 4]);
  for (const { end } of begun) end.resolve(IMAGE);
  await Promise.all(asked.slice(2).map(({ image }) => image));
});
