import { useMemo } from "react";
import { useAdminApi } from "../api/api-context.tsx";
import type { Project, RuledServices } from "../api/admin-types.ts";
import { useSession } from "../session/session-context.tsx";
import { ifMatch } from "./config-api.ts";
import { type Remark, remarksOf } from "./findings.ts";
import { obstacleTo } from "./obstacle.ts";
import { printServices } from "./print-services.ts";
import { useCheckedServices } from "./use-checked.ts";
import { type Review, useReview } from "./use-review.ts";
import { type RulesDraft, useRulesDraft } from "./use-rules-draft.ts";

/** How a project's rules are being changed, from the first word to the save. */
export interface RulesChange {
  readonly draft: RulesDraft;
  /** Whether there is anything to lose. */
  readonly isTouched: boolean;
  /** Found in what is changed; `undefined` until it is checked. */
  readonly remarks: readonly Remark[] | undefined;
  /** Why it cannot be saved. */
  readonly obstacle: string | undefined;
  /** The gateway has seen what is written now. */
  readonly isChecked: boolean;
  /** The texts that a save would replace, and put in their place. */
  readonly before: string;
  readonly after: string;
  readonly review: Review;
}

/** Keeps changes of a project's rules, has them checked, and saves them. */
export function useRulesChange(project: Project, etag: string | undefined, canSave: boolean): RulesChange {
  const { id } = project;
  const admin = useAdminApi();
  const { projects: limited } = useSession();
  const draft = useRulesDraft(project, etag);
  const isChanged = draft.changed.length > 0;
  const { checked, isCurrent } = useCheckedServices(id, isChanged ? draft.services : undefined);
  const remarks = useMemo(() => (checked === undefined ? undefined : remarksOf(checked)), [checked]);
  const obstacle = obstacleTo(draft, remarks ?? []);
  const put = (services: RuledServices, base: string): Promise<{ etag: string }> =>
    admin.put(`/v1/admin/projects/${encodeURIComponent(id)}/services`, services, ifMatch(base));
  const review = useReview({
    isReady: isChanged && obstacle === undefined && isCurrent && canSave,
    send: () => put(draft.services, draft.etag ?? ""),
    // Whoever is limited to some projects has no history to take it back by.
    undo: limited === undefined ? undefined : (now) => put(draft.saved, now),
    onSaved: draft.discard,
  });
  return {
    draft,
    isTouched: isChanged || Object.keys(draft.texts).length > 0,
    remarks,
    obstacle,
    isChecked: isCurrent,
    before: checked?.before ?? printServices(draft.saved),
    after: checked?.after ?? printServices(draft.services),
    review,
  };
}
