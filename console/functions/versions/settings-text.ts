import type { FunctionVersion } from "../../../mesh/function.ts";

/** All of a version but its code, as JSON whose members are always in the same order. */
export function settingsText(version: FunctionVersion): string {
  const { description, runtime, template, dependencies, env, secrets, timeoutMs, scale, resources, network } = version;
  const settings = {
    ...{ description, runtime, template },
    dependencies: sorted(dependencies),
    env: sorted(env),
    secrets: sorted(secrets),
    ...{ timeoutMs, scale, resources, network },
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function sorted(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
