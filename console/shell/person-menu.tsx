import { ChevronsUpDown, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "../session/session-context.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "../ui/menu.tsx";
import styles from "./sidebar.module.css";
import { THEMES, type Theme } from "./theme.ts";
import { useTheme } from "./use-theme.ts";

const THEME_LABELS: Readonly<Record<Theme, string>> = { system: "Like the system", light: "Light", dark: "Dark" };
const THEME_ICONS: Readonly<Record<Theme, ReactNode>> = {
  system: <Monitor aria-hidden="true" />,
  light: <Sun aria-hidden="true" />,
  dark: <Moon aria-hidden="true" />,
};

/** Who is signed in, and what is about them alone: the theme, the keys, signing out. */
export function PersonMenu({ onShowShortcuts }: { readonly onShowShortcuts: () => void }): ReactNode {
  const { user, role, signOut } = useSession();
  const [theme, setTheme] = useTheme();
  const trigger = (
    <button type="button" className={styles["person"]}>
      <span className={styles["initial"]} aria-hidden="true">
        {user.charAt(0).toUpperCase()}
      </span>
      <span>
        <span className="visually-hidden">Signed in as </span>
        <div className={styles["name"]}>{user}</div>
        <div className={styles["role"]}>{role === "admin" ? "Administrator" : "Viewer: read only"}</div>
      </span>
      <ChevronsUpDown aria-hidden="true" />
    </button>
  );
  return (
    <Menu trigger={trigger} align="start">
      <MenuGroup label="Theme">
        {THEMES.map((each) => (
          <MenuItem
            key={each}
            icon={THEME_ICONS[each]}
            onSelect={() => setTheme(each)}
            note={each === theme ? "chosen" : undefined}
          >
            {THEME_LABELS[each]}
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuSeparator />
      <MenuItem icon={<Keyboard aria-hidden="true" />} onSelect={onShowShortcuts} note={<Kbd keys="?" />}>
        Keyboard shortcuts
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={signOut}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
