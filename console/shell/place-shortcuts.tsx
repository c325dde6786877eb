import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCurrentProject } from "../session/projects.ts";
import { useShortcut } from "../ui/use-shortcut.ts";
import { MESH_PLACE, PROJECT_PLACES, type ProjectPlace } from "./navigation.ts";

/** Two keys for each place. Shows nothing. */
export function PlaceShortcuts(): ReactNode {
  const navigate = useNavigate();
  const project = useCurrentProject();
  useShortcut(MESH_PLACE.keys, () => void navigate({ to: MESH_PLACE.to }), { description: MESH_PLACE.label });
  if (project === undefined) return null;
  return PROJECT_PLACES.map((place) => <PlaceShortcut key={place.to} place={place} project={project} />);
}

function PlaceShortcut({ place, project }: { readonly place: ProjectPlace; readonly project: string }): ReactNode {
  const navigate = useNavigate();
  useShortcut(place.keys, () => void navigate({ to: place.to, params: { project } }), { description: place.label });
  return null;
}
