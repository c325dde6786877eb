import { Activity, Inbox, type LucideIcon, PlayCircle, ScrollText, SquareFunction, Waypoints } from "lucide-react";

/** A place of the console that the navigation leads to. */
export interface Place {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Two keys, one after the other. */
  readonly keys: string;
  /** The first parts of the addresses that belong to it. */
  readonly sections: readonly string[];
}

/** A place of each project. */
export interface ProjectPlace extends Place {
  readonly to:
    "/playground/$project" | "/rules/$project" | "/functions/$project" | "/events/$project" | "/invocations/$project";
}

/** What is there across projects. */
export const MESH_PLACE: Place & { readonly to: "/mesh" } = {
  to: "/mesh",
  label: "Mesh",
  icon: Waypoints,
  keys: "g m",
  sections: ["mesh", "services"],
};

/** What is there for each project. */
export const PROJECT_PLACES: readonly ProjectPlace[] = [
  { to: "/playground/$project", label: "Playground", icon: PlayCircle, keys: "g p", sections: ["playground"] },
  { to: "/rules/$project", label: "Rules", icon: ScrollText, keys: "g r", sections: ["rules"] },
  { to: "/functions/$project", label: "Functions", icon: SquareFunction, keys: "g f", sections: ["functions"] },
  { to: "/invocations/$project", label: "Invocations", icon: Activity, keys: "g i", sections: ["invocations"] },
  { to: "/events/$project", label: "Events", icon: Inbox, keys: "g e", sections: ["events"] },
];

/** The first part of an address below the console's. */
export function sectionOf(pathname: string): string {
  return pathname.split("/").find((part) => part !== "") ?? "";
}
