import { type UseQueryResult, keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Rule } from "../../mesh/rule.ts";
import { useAdminApi } from "../api/api-context.tsx";
import { useDebounced } from "./use-debounced.ts";
import type { Entry } from "./services.ts";

/** How a rule, or a rule in one, ended. */
export interface Explanation {
  readonly rule: Rule;
  readonly path: string;
  readonly outcome: "passed" | "refused" | "not evaluated";
  readonly because: string;
  readonly clauses?: readonly Explanation[];
}

/** Why a call would be let through or refused. */
export interface Verdict {
  readonly outcome: "allow" | "deny" | "unauthenticated";
  readonly because: string;
  readonly ruleOf?: Entry;
  readonly words?: string;
  readonly decidedBy?: Pick<Explanation, "path" | "rule" | "because">;
  readonly explanation?: Explanation;
}

/** A call that might be made. */
export interface TriedCall extends Entry {
  readonly claims?: unknown;
  readonly params?: unknown;
  readonly given: Readonly<Record<string, boolean>>;
}

/** Whether a call would be let through: by what is saved, or by a rule that is not. */
export function useVerdict(
  project: string,
  call: TriedCall | undefined,
  {
    rule,
    etag,
    isOn = true,
  }: { readonly rule?: Rule | undefined; readonly etag: string | undefined; readonly isOn?: boolean },
): UseQueryResult<Verdict> {
  const admin = useAdminApi();
  const asked = useDebounced(
    call === undefined ? undefined : JSON.stringify({ ...call, ...(rule !== undefined && { rule }) }),
  );
  return useQuery({
    queryKey: ["rules", "verdict", project, etag, rule === undefined ? "saved" : "unsaved", asked],
    queryFn: ({ signal }) =>
      admin.post<Verdict>(`/v1/admin/projects/${encodeURIComponent(project)}/explain`, JSON.parse(asked ?? "{}"), {
        signal,
      }),
    enabled: asked !== undefined && isOn,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
