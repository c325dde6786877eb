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
}: {
  readonly count: number;
  readonly onOpen?: ((index: number) => void) | undefined;
  readonly isOn?: boolean;
}): ListKeys {
  const [chosen, setIndex] = useState(-1);
  const index = Math.min(chosen, count - 1);
  useShortcut("j", () => setIndex(Math.min(index + 1, count - 1)), { description: "Next in the list", isOn });
  useShortcut("k", () => setIndex(Math.max(index - 1, 0)), { description: "Previous in the list", isOn });
  const canOpen = isOn && index >= 0 && onOpen !== undefined;
  useShortcut("Enter", () => onOpen?.(index), { description: "Open it", isOn: canOpen });
  return { index, setIndex };
}
