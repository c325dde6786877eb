import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useAdminApi } from "../api/api-context.tsx";
import type { RuledServices } from "../api/admin-types.ts";
import type { Rule } from "../../mesh/rule.ts";
import type { Checked } from "./findings.ts";
import { useDebounced } from "./use-debounced.ts";

/** What a check found, and whether that is about what is written now. */
export interface UsedCheck {
  readonly checked: Checked | undefined;
  readonly isCurrent: boolean;
  /** Why it could not be checked at all. */
  readonly error: Error | null;
}

/** Has the gateway check a whole text, once nobody types. */
export function useCheckedText(text: string | undefined): UsedCheck {
  return useCheck("/v1/admin/config/check", text === undefined ? undefined : { text });
}

/** Has the gateway check a project's rules before they are saved. */
export function useCheckedServices(project: string, services: RuledServices | undefined): UsedCheck {
  return useCheck(`/v1/admin/projects/${encodeURIComponent(project)}/services/check`, services);
}

/** The rule in words, as one types it; those of before while it is not a rule. */
export function useWords(project: string, rule: Rule | undefined): string | undefined {
  const admin = useAdminApi();
  const asked = useDebounced(rule, 150);
  const { data } = useQuery({
    queryKey: ["rules", "words", project, asked],
    queryFn: ({ signal }) =>
      admin.post<{ words?: string }>(
        `/v1/admin/projects/${encodeURIComponent(project)}/explain`,
        { service: "default", function: "default", rule: asked },
        { signal },
      ),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: Infinity,
  });
  return rule === undefined ? undefined : data?.words;
}

function useCheck(path: string, body: object | undefined): UsedCheck {
  const admin = useAdminApi();
  const asked = useDebounced(body === undefined ? undefined : JSON.stringify(body), 300);
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["rules", "check", path, asked],
    queryFn: ({ signal }) => admin.post<Checked>(path, JSON.parse(asked ?? "{}"), { signal }),
    enabled: asked !== undefined && body !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
  const isCurrent = body !== undefined && JSON.stringify(body) === asked && !isPlaceholderData && data !== undefined;
  return { checked: body === undefined ? undefined : data, isCurrent, error };
}
