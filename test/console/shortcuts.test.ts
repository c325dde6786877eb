import { describe, expect, test } from "vitest";
import { matchScore } from "../../console/shell/match.ts";
import { type KeyPress, Shortcuts } from "../../console/ui/shortcuts.ts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isTyping: false,
  ...more,
});

function shortcuts(...keys: readonly string[]) {
  const ran: string[] = [];
  let now = 0;
  const all = new Shortcuts(() => now);
  for (const each of keys) all.add({ keys: each, run: () => ran.push(each) });
  return { all, ran, wait: (ms: number) => (now += ms) };
}

describe("a shortcut", () => {
  test("of one key runs when it is pressed, but not while somebody types", () => {
    const { all, ran } = shortcuts("/");
    expect(all.press(press("/"))).toBe(true);
    expect(all.press(press("/", { isTyping: true }))).toBe(false);
    expect(ran).toEqual(["/"]);
  });

  test.each(["ctrlKey", "metaKey"] as const)("with %s runs while somebody types, too", (mod) => {
    const { all, ran } = shortcuts("mod k", "k");
    all.press(press("k", { [mod]: true, isTyping: true }));
    expect(ran).toEqual(["mod k"]);
  });

  test("of two keys runs when they follow each other soon", () => {
    const { all, ran, wait } = shortcuts("g m", "m");
    all.press(press("g"));
    all.press(press("m"));
    expect(ran).toEqual(["g m"]);
    all.press(press("g"));
    wait(1500);
    all.press(press("m"));
    expect(ran).toEqual(["g m", "m"]);
  });

  test("leaves keys with Alt to the system", () => {
    const { all, ran } = shortcuts("f");
    expect(all.press(press("f", { altKey: true }))).toBe(false);
    expect(ran).toEqual([]);
  });

  test("that came last hides the same keys of others until it goes", () => {
    const { all, ran } = shortcuts("j");
    const remove = all.add({ keys: "j", run: () => ran.push("other") });
    all.press(press("j"));
    remove();
    all.press(press("j"));
    expect(ran).toEqual(["other", "j"]);
  });
});

describe("what is typed into the palette", () => {
  test("finds words in any order, beginnings first", () => {
    expect(matchScore("Functions", "fun")).toBeGreaterThan(matchScore("Stored functions", "fun"));
    expect(matchScore("Stored functions", "fun")).toBeGreaterThan(matchScore("Refund", "fun"));
    expect(matchScore("Go to Rules", "rules go")).toBeGreaterThan(0);
    expect(matchScore("Rules", "events")).toBe(0);
    expect(matchScore("Rules", "")).toBe(1);
  });
});
