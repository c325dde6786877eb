import { type QueryClient, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useAdminApi } from "../api/api-context.tsx";
import type { HttpApi } from "../api/http-api.ts";
import { PROJECTS_KEY } from "../session/projects.ts";
import { useSession } from "../session/session-context.tsx";

/** Where the configuration is in the cache, with all that is asked about it: invalidate it after a save. */
export const CONFIG_KEY = ["admin", "config"] as const;

/** The configuration as a text, without its secrets. */
export interface ConfigText {
  readonly text: string;
  readonly etag: string;
  readonly file: string;
  readonly dialect: "own" | "space-cloud";
  readonly canSave: boolean;
}

/** A text that the configuration was once. */
export interface SavedText {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly isCurrent: boolean;
  readonly bytes: number;
}

/** The whole configuration, looked at again from time to time: others save, too. @param isOn whether there is one to see */
export function useConfigText(isOn: boolean): UseQueryResult<ConfigText> {
  const admin = useAdminApi();
  return useQuery({
    queryKey: CONFIG_KEY,
    queryFn: ({ signal }) => admin.get<ConfigText>("/v1/admin/config", { signal }),
    enabled: isOn,
    refetchInterval: 5000,
  });
}

/** The texts that were saved, newest first. @param isOn whether they are wanted now */
export function useSavedTexts(isOn = true): UseQueryResult<readonly SavedText[]> {
  const admin = useAdminApi();
  const { projects } = useSession();
  return useQuery({
    queryKey: [...CONFIG_KEY, "history"],
    queryFn: ({ signal }) => listSaved(admin, signal),
    // The history is for those who may see all projects.
    enabled: isOn && projects === undefined,
  });
}

/** Asks for the texts that were saved. */
export async function listSaved(admin: HttpApi, signal?: AbortSignal): Promise<readonly SavedText[]> {
  return (await admin.get<{ entries: readonly SavedText[] }>("/v1/admin/config/history", { signal })).entries;
}

/** Has the rules of all projects read again, and the configuration with all that is asked about it. */
export async function readAgain(cache: QueryClient): Promise<void> {
  await Promise.all([PROJECTS_KEY, CONFIG_KEY].map((queryKey) => cache.invalidateQueries({ queryKey: [...queryKey] })));
}

/** What a change is based on, as a header. */
export function ifMatch(etag: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { "If-Match": `"${etag}"` } };
}
