import type { ProjectConfig } from "../../gateway/config.ts";
import { createSelector } from "../../gateway/rules/select.ts";
import type { Job } from "../../mesh/job.ts";

/** A word for whoever has deployed what no rule lets anybody call; `undefined` where one does. */
export function closedHint({ services }: ProjectConfig, { label, deployed }: Job): string | undefined {
  const name = deployed?.url.split("/").at(-1);
  if (name === undefined || createSelector(services, ({ rule }) => rule).select(label, name) !== undefined)
    return undefined;
  return `nobody may call it yet: give "${label}" a rule in the configuration; \`fmesh rules explain ${label}.${name}\` says who may`;
}
