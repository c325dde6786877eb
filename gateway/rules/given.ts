import { silentLog } from "../../mesh/log.ts";
import type { RuleDeps } from "./deps.ts";

/** Answers to what rules ask others, by name: `func billing.check`, `webhook https://…`, `query main.orders`. */
export type GivenAnswers = Readonly<Record<string, boolean>>;

/**
 * Nobody is really asked: what is not given is refused. For explaining and testing rules away from the mesh.
 *
 * @param setup the databases that would be configured, `undefined` where none can be, and the hosts webhooks may be sent to.
 */
export function givenDeps(
  given: GivenAnswers,
  setup: {
    readonly databases: readonly string[] | undefined;
    readonly allowHosts: readonly string[];
    readonly now: () => number;
  },
): RuleDeps {
  const { databases } = setup;
  const answer = (name: string): boolean => {
    if (!Object.hasOwn(given, name)) throw new Error(`no answer is given for "${name}"`);
    return given[name] === true;
  };
  return {
    call: (address) => attempt(() => ({ ack: answer(`func ${address.service}.${address.function}`) })),
    queries: databases && {
      has: (db) => databases.includes(db),
      exists: ({ db, collection }) => attempt(() => answer(`query ${db}.${collection}`)),
    },
    fetch: (url) => attempt(() => new Response(null, { status: answer(`webhook ${url}`) ? 204 : 403 })),
    webhooks: { allowHosts: setup.allowHosts },
    now: setup.now,
    log: silentLog,
  };
}

function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
