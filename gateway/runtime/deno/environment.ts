import type { Environment } from "../../config/environment.ts";
import type { DenoPlatform } from "./platform.ts";

/**
 * The variables that this process may read, each of them read when it is asked for: the whole environment would need the whole
 * permission. One that it may not read counts as not set.
 */
export function allowedEnvironment({ env, permissions }: Pick<DenoPlatform, "env" | "permissions">): Environment {
  const read = (name: string | symbol): string | undefined => {
    if (typeof name === "symbol") return undefined;
    return permissions.querySync({ name: "env", variable: name }).state === "granted" ? env.get(name) : undefined;
  };
  return new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_, name) => read(name),
      getOwnPropertyDescriptor: (_, name) => {
        const value = read(name);
        return value === undefined ? undefined : { value, configurable: true, enumerable: true };
      },
    },
  );
}
