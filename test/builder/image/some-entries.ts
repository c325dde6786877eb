import fc from "fast-check";
import type { SmallTarEntry } from "../../../builder/image/tar.ts";

/** Names as people and packages have them: other scripts, spaces, and up to what a file system takes. */
const name = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_@-][a-zA-Z0-9_. -]{0,20}$/) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("größe", "関数", "a'b\"c", "50%", "*", "-rf", "emoji 🙂", "back\\slash", "…"),
  },
  { weight: 1, arbitrary: fc.integer({ min: 90, max: 255 }).map((length) => "n".repeat(length)) },
);

const mode = fc.constantFrom(0o644, 0o755, 0o600, 0o444);

interface Drawn {
  readonly names: readonly string[];
  readonly entry:
    | { readonly type: "file"; readonly mode: number; readonly content: Uint8Array }
    | { readonly type: "folder"; readonly mode: number }
    | { readonly type: "link"; readonly up: number };
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  names: fc.array(name, { minLength: 1, maxLength: 4 }),
  entry: fc.oneof(
    fc.record({ type: fc.constant("file" as const), mode, content: fc.uint8Array({ maxLength: 2000 }) }),
    fc.record({ type: fc.constant("folder" as const), mode: fc.constantFrom(0o755, 0o700, 0o1777) }),
    fc.record({ type: fc.constant("link" as const), up: fc.nat(2) }),
  ),
});

/** What may be in a layer together: each path once, and nothing inside of what is no folder. */
export function someEntries(): fc.Arbitrary<readonly SmallTarEntry[]> {
  return fc.array(drawn, { maxLength: 12 }).map((all) => {
    const entries = all.map(({ names, entry }): SmallTarEntry => {
      const path = names.join("/");
      if (entry.type !== "link") return { ...entry, path };
      const up = Math.min(entry.up, names.length - 1);
      return { type: "link", path, target: [...Array.from({ length: up }, () => ".."), ...names.slice(-1)].join("/") };
    });
    return entries.filter(
      ({ path, type }, index) =>
        entries.findIndex((other) => other.path === path) === index &&
        (type === "folder" || !entries.some((other) => other.path.startsWith(`${path}/`))),
    );
  });
}
