import type { ProjectConfig } from "./config.ts";
import { type RuleFinding, type RulesSetup, checkRule, checkRules } from "./rules/check.ts";

/** Reads all rules of a project as a reviewer would: those of its functions, of its subjects, and of who may serve. */
export function checkProject(
  { services, registration, pubsub }: Pick<ProjectConfig, "services" | "registration" | "pubsub">,
  setup: RulesSetup,
): RuleFinding[] {
  return [
    ...checkRules(services, setup),
    ...(typeof registration === "object" ? checkRule(registration, "registration", setup) : []),
    ...(pubsub?.rules ?? []).flatMap(({ publish, subscribe }, index) => [
      ...(publish === undefined ? [] : checkRule(publish, `pubsub.rules[${index}].publish`, setup)),
      ...(subscribe === undefined ? [] : checkRule(subscribe, `pubsub.rules[${index}].subscribe`, setup)),
    ]),
  ];
}
