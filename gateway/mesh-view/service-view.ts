import type {
  FunctionStats,
  FunctionView,
  InstanceView,
  ServiceDescription,
  ServiceView,
} from "../../mesh/mesh-view.ts";
import { HOUSE_SERVICES } from "../../mesh/names.ts";
import type { Policy } from "../policy.ts";
import { describeRule } from "../rules/describe.ts";

/** What is known of a service. */
export interface ServiceFacts {
  readonly project: string | null;
  readonly name: string;
  readonly instances: readonly InstanceView[];
  readonly functions: readonly FunctionStats[];
  /** Not there when it has not said yet what it is. */
  readonly description: ServiceDescription | undefined;
}

/** A service as those who watch see it: what it says of itself, how it does, and who may call it. */
export function serviceView(
  { project, name, instances, functions, description }: ServiceFacts,
  policy: Policy,
): ServiceView {
  const described = new Map(description?.functions.map((each) => [each.name, each]));
  return {
    project,
    name,
    description: description?.description ?? "",
    versions: description?.versions ?? [],
    isHouse: Object.hasOwn(HOUSE_SERVICES, name),
    instances,
    functions: functions.map((stats): FunctionView => {
      const {
        description: words = "",
        receives = "value",
        inputSchema = null,
        outputSchema = null,
      } = described.get(stats.name) ?? {};
      const rule = project === null ? null : ruleInWords(policy, { project, service: name, function: stats.name });
      return { ...stats, description: words, receives, inputSchema, outputSchema, rule };
    }),
  };
}

function ruleInWords(
  policy: Policy,
  address: { project: string; service: string; function: string },
): FunctionView["rule"] {
  const rule = policy.project(address.project)?.ruleFor(address.service, address.function);
  return rule === undefined ? null : { words: describeRule(rule.source), isOpen: rule.isOpen };
}
