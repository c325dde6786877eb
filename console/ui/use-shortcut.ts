import { createContext, useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { type Shortcut, Shortcuts } from "./shortcuts.ts";

/** The shortcuts of the whole console. */
export const ShortcutsContext = createContext(new Shortcuts());

/**
 * Gives keys a meaning while the component is shown: `/`, `j`, `mod k` (with Ctrl or ⌘) or `g m` (one after the other).
 *
 * @param options `description` puts it into the list that `?` shows; `isOn` is for those that count only sometimes.
 */
export function useShortcut(
  keys: string,
  run: () => void,
  { description, isOn = true }: { readonly description?: string; readonly isOn?: boolean } = {},
): void {
  const { add } = useContext(ShortcutsContext);
  const onPress = useEffectEvent(run);
  useEffect(() => {
    if (!isOn) return;
    return add({ keys, description, run: () => onPress() });
  }, [add, keys, description, isOn]);
}

/** All of them, for the list. */
export function useShortcuts(): readonly Shortcut[] {
  const { subscribe, getAll } = useContext(ShortcutsContext);
  return useSyncExternalStore(subscribe, getAll);
}

const EDITABLE = "input, textarea, select, [contenteditable=true]";
const PRESSABLE = "a, button, summary, [role=tab]";
const POPUPS = "[role=dialog], [role=menu], [role=listbox]";

/** Listens to the keyboard; once, in the frame. */
export function useShortcutKeys(): void {
  const shortcuts = useContext(ShortcutsContext);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : undefined;
      if (event.defaultPrevented || target?.closest(POPUPS)) return;
      const { key, ctrlKey, metaKey, altKey } = event;
      // Whatever has the focus is pressed by it.
      if (key === "Enter" && target?.closest(PRESSABLE)) return;
      const isTyping = Boolean(target?.closest(EDITABLE));
      if (shortcuts.press({ key, ctrlKey, metaKey, altKey, isTyping })) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [shortcuts]);
}
