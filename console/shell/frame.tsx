import { Dialog } from "@base-ui/react/dialog";
import { Outlet, useLocation } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { type ReactNode, Suspense, lazy, useEffect, useRef, useState } from "react";
import { IconButton } from "../ui/button.tsx";
import overlay from "../ui/overlay.module.css";
import { useShortcut, useShortcutKeys } from "../ui/use-shortcut.ts";
import styles from "./frame.module.css";
import { Logo } from "./logo.tsx";
import { Sidebar } from "./sidebar.tsx";
import { PlaceShortcuts } from "./place-shortcuts.tsx";

const CommandPalette = lazy(async () => ({ default: (await import("./command-palette.tsx")).CommandPalette }));
const ShortcutList = lazy(async () => ({ default: (await import("./shortcut-list.tsx")).ShortcutList }));

/** What is around every page: the navigation, and what opens over all of them. */
export function Frame(): ReactNode {
  const [open, setOpen] = useState<"palette" | "shortcuts" | "navigation">();
  const main = useRef<HTMLElement>(null);
  const pathname = useLocation({ select: (location) => location.pathname });
  const shownPath = useRef(pathname);
  const close = (): void => setOpen(undefined);

  useShortcutKeys();
  useShortcut("mod k", () => setOpen("palette"), { description: "Jump to a page, or do something" });
  useShortcut("?", () => setOpen("shortcuts"), { description: "Show these shortcuts" });

  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    setOpen(undefined);
    // Whoever hears the page is told of the new one.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  const sidebar = <Sidebar onJump={() => setOpen("palette")} onShowShortcuts={() => setOpen("shortcuts")} />;
  return (
    <>
      <a className={styles["skip"]} href="#content">
        Skip to the content
      </a>
      <PlaceShortcuts />
      <div className={styles["frame"]}>
        <div className={styles["side"]}>{sidebar}</div>
        <header className={styles["bar"]}>
          <IconButton
            label="Show the navigation"
            icon={<MenuIcon aria-hidden="true" />}
            onClick={() => setOpen("navigation")}
          />
          <Logo />
          <IconButton label="Jump to …" icon={<Search aria-hidden="true" />} onClick={() => setOpen("palette")} />
        </header>
        <main id="content" ref={main} className={styles["main"]} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <Dialog.Root open={open === "navigation"} onOpenChange={(isOpen) => !isOpen && close()}>
        <Dialog.Portal>
          <Dialog.Backdrop className={overlay["backdrop"]} />
          <Dialog.Popup className={styles["sheet"]} aria-label="Navigation">
            <div>{sidebar}</div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <Suspense>
        {open === "palette" && <CommandPalette onClose={close} onShowShortcuts={() => setOpen("shortcuts")} />}
        {open === "shortcuts" && <ShortcutList onClose={close} />}
      </Suspense>
    </>
  );
}
