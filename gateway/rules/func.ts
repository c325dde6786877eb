import type { FuncRule } from "../../mesh/rule.ts";
import { type Leaf, asking } from "./predicate.ts";
import type { RuleDeps } from "./deps.ts";

/**
 * Compiles a `func` rule: the function's answer decides. It gets the caller's claims, and the call's arguments as its
 * params: `{"params": <the caller's params>}`. Its own rule is not evaluated, so functions cannot ask in circles here.
 */
export function compileFunc(rule: FuncRule, deps: RuleDeps): Leaf {
  const address = { service: rule.service, function: rule.func };
  const asked = `function ${rule.service}.${rule.func}`;
  return asking(rule, {
    log: deps.log,
    now: deps.now,
    readsParams: true,
    async ask(args, budget) {
      const result = await deps.call(address, { params: args.params ?? null }, args.auth, budget);
      const passed = typeof result === "object" && result !== null && Object.hasOwn(result, "ack") && isTrue(result);
      return { passed, because: passed ? `${asked} answered ack: true` : `${asked} did not answer ack: true` };
    },
  });
}

function isTrue(result: { ack?: unknown }): boolean {
  return result.ack === true;
}
