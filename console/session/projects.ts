import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ProjectsAnswer } from "../api/admin-types.ts";
import { useAdminApi } from "../api/api-context.tsx";

const LAST_KEY = "fmesh.project";

/** Where the projects are in the cache: invalidate it after a save. */
export const PROJECTS_KEY = ["admin", "projects"] as const;

/** The projects that whoever is signed in may see. */
export function useProjects(): UseQueryResult<ProjectsAnswer> {
  const admin = useAdminApi();
  return useQuery({
    queryKey: PROJECTS_KEY,
    queryFn: ({ signal }) => admin.get<ProjectsAnswer>("/v1/admin/projects", { signal }),
    staleTime: 30_000,
  });
}

/** The project of the address; else the last one somebody looked at, or the first. `undefined` until it is known. */
export function useCurrentProject(): string | undefined {
  const { project } = useParams({ strict: false });
  const { data } = useProjects();
  useEffect(() => {
    if (project !== undefined) localStorage.setItem(LAST_KEY, project);
  }, [project]);
  if (project !== undefined) return project;
  const ids = data?.projects.map(({ id }) => id);
  const last = localStorage.getItem(LAST_KEY);
  return last !== null && ids?.includes(last) === true ? last : ids?.[0];
}
