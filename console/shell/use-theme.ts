import { createContext, useContext, useSyncExternalStore } from "react";
import { type Theme, ThemeStore } from "./theme.ts";

/** The one theme of the window. */
export const ThemeContext = createContext(new ThemeStore({ storage: localStorage, root: document.documentElement }));

/** The theme somebody chose, and how to choose another. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const { get, set, subscribe } = useContext(ThemeContext);
  return [useSyncExternalStore(subscribe, get), set];
}

const DARK = "(prefers-color-scheme: dark)";

function subscribeToSystem(listener: () => void): () => void {
  const query = matchMedia(DARK);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

/** Whether it is dark now: for what is not drawn by CSS. */
export function useIsDark(): boolean {
  const [theme] = useTheme();
  const isSystemDark = useSyncExternalStore(subscribeToSystem, () => matchMedia(DARK).matches);
  return theme === "dark" || (theme === "system" && isSystemDark);
}
