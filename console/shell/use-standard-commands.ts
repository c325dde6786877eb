import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useStoredFunctions } from "../functions/use-stored-functions.ts";
import { useCurrentProject, useProjects } from "../session/projects.ts";
import { useSession } from "../session/session-context.tsx";
import type { Command } from "./commands.ts";
import { MESH_PLACE, PROJECT_PLACES } from "./navigation.ts";
import { THEMES } from "./theme.ts";
import { useTheme } from "./use-theme.ts";

/** What the palette can do wherever one is: every page, every service, every stored function, the theme, signing out. */
export function useStandardCommands(onShowShortcuts: () => void): readonly Command[] {
  const navigate = useNavigate();
  const project = useCurrentProject();
  const { data } = useProjects();
  const stored = useStoredFunctions();
  const { signOut } = useSession();
  const [, setTheme] = useTheme();
  return useMemo(() => {
    const places = PROJECT_PLACES.flatMap(({ to, label }): Command[] =>
      project === undefined
        ? []
        : [{ id: to, group: "Go to", title: label, run: () => void navigate({ to, params: { project } }) }],
    );
    const services = (data?.projects ?? []).flatMap(({ id, services }) =>
      Object.keys(services).map((service): Command => ({
        id: `service ${id} ${service}`,
        group: "Service",
        title: service,
        words: id,
        run: () => void navigate({ to: "/services/$project/$service", params: { project: id, service } }),
      })),
    );
    const functions = stored.map(({ id, project: owner, label }): Command => ({
      id: `function ${id}`,
      group: "Function",
      title: label,
      words: owner,
      run: () => void navigate({ to: "/functions/$project/$name", params: { project: owner, name: label } }),
    }));
    const themes = THEMES.map((theme): Command => ({
      id: `theme ${theme}`,
      group: "Theme",
      title: theme,
      run: () => setTheme(theme),
    }));
    return [
      { id: MESH_PLACE.to, group: "Go to", title: MESH_PLACE.label, run: () => void navigate({ to: MESH_PLACE.to }) },
      ...places,
      ...services,
      ...functions,
      ...themes,
      { id: "shortcuts", group: "Console", title: "Keyboard shortcuts", run: onShowShortcuts },
      { id: "sign out", group: "Console", title: "Sign out", run: signOut },
    ];
  }, [navigate, project, data, stored, signOut, setTheme, onShowShortcuts]);
}
