import type { WebhookRule } from "../../mesh/rule.ts";
import { refusedUrl } from "./allowed-url.ts";
import type { RuleDeps } from "./deps.ts";
import { type Leaf, asking, hopeless } from "./predicate.ts";

/**
 * Compiles a `webhook` rule: `{"auth": claims, "params": params}` is posted, and any 2xx status passes. The answer's
 * body is not read. A redirect is not followed, as its target is on nobody's list, and refuses like any other status.
 */
export function compileWebhook(rule: WebhookRule, deps: RuleDeps): Leaf {
  const problem = refusedUrl(rule.url, deps.webhooks.allowHosts);
  if (problem !== undefined) return hopeless(rule, deps.log, [`the webhook is never sent: ${problem}`]);
  const { href, host } = new URL(rule.url);
  return asking(rule, {
    log: deps.log,
    now: deps.now,
    readsParams: true,
    async ask(args, { signal }) {
      const response = await deps.fetch(href, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ auth: args.auth, params: args.params ?? null }),
        redirect: "manual",
        signal,
      });
      await response.body?.cancel();
      const passed = response.status >= 200 && response.status <= 299;
      return { passed, because: `the webhook at ${host} answered with status ${response.status}` };
    },
  });
}
