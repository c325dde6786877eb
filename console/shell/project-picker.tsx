import { useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useProjects } from "../session/projects.ts";
import { Select } from "../ui/select.tsx";
import { PROJECT_PLACES, sectionOf } from "./navigation.ts";

/** Chooses the project that the pages are about; the page stays the same kind of page. */
export function ProjectPicker({ project }: { readonly project: string }): ReactNode {
  const navigate = useNavigate();
  const section = useLocation({ select: ({ pathname }) => sectionOf(pathname) });
  const { data } = useProjects();
  const known = data?.projects ?? [];
  const options = known.map(({ id, name }) => ({
    value: id,
    label: id,
    ...(name !== undefined && name !== id && { note: name }),
  }));
  if (!known.some(({ id }) => id === project)) options.push({ value: project, label: project });
  const place = PROJECT_PLACES.find(({ sections }) => sections.includes(section));
  return (
    <Select
      label="Project"
      options={options}
      value={project}
      onChange={(next) => void navigate({ to: place?.to ?? "/functions/$project", params: { project: next } })}
    />
  );
}
