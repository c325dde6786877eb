import { useState } from "react";
import { useShortcut } from "./use-shortcut.ts";

/** Where the keyboard is in a list. */
export interface ListKeys {
  /** -1 before a key was pressed. */
  readonly index: number;
  readonly setIndex: (index: number) => void;
}

/** Lets `j` and `k` go through a list, and Enter open what they are at. One list of a page may have them. */
export function useListKeys({
  count,
  onOpen,
  isOn = true,
  firstInSight = () => 0,
}: {
  readonly count: number;
  readonly onOpen?: ((index: number) => void) | undefined;
  readonly isOn?: boolean;
  /** Where the keyboard begins. */
  readonly firstInSight?: () => number;
}): ListKeys {
  const [chosen, setIndex] = useState(-1);
  const index = Math.min(chosen, count - 1);
  const go = (step: 1 | -1): void => {
    const next = index < 0 ? firstInSight() : index + step;
    setIndex(Math.max(0, Math.min(next, count - 1)));
  };
  useShortcut("j", () => go(1), { description: "Next in the list", isOn });
  useShortcut("k", () => go(-1), { description: "Previous in the list", isOn });
  const canOpen = isOn && index >= 0 && onOpen !== undefined;
  useShortcut("Enter", () => onOpen?.(index), { description: "Open it", isOn: canOpen });
  return { index, setIndex };
}
