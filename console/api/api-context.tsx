import { type ReactNode, createContext, useContext, useMemo } from "react";
import type { Apis } from "./apis.ts";
import type { HttpApi } from "./http-api.ts";
import type { ProjectTokens } from "./project-tokens.ts";

const ApiContext = createContext<Apis | undefined>(undefined);

/** Gives the APIs to what is inside. */
export function ApiProvider({ apis, children }: { readonly apis: Apis; readonly children: ReactNode }): ReactNode {
  return <ApiContext value={apis}>{children}</ApiContext>;
}

function useApis(): Apis {
  const apis = useContext(ApiContext);
  if (apis === undefined) throw new Error("there is no ApiProvider around this component");
  return apis;
}

/** `/v1/admin/*`, as whoever is signed in. */
export function useAdminApi(): HttpApi {
  return useApis().admin;
}

/** A project's own API: functions, events, jobs, calls. */
export function useProjectApi(project: string): HttpApi {
  const { project: apiOf } = useApis();
  return useMemo(() => apiOf(project), [apiOf, project]);
}

/** The same of any project, for what asks several. */
export function useProjectApis(): (project: string) => HttpApi {
  return useApis().project;
}

/** Tokens of projects, also with claims of one's choice. */
export function useProjectTokens(): ProjectTokens {
  return useApis().tokens;
}
