import type { RuledFunction, RuledServices } from "../../api/admin-types.ts";

/** What says who may call a stored function, as the gateway finds it; `undefined`: nobody may. */
export function ruleOf(services: RuledServices, label: string): RuledFunction | undefined {
  // A service that is configured does not fall back to the service "default".
  const functions = ownFunctions(services, label) ?? ownFunctions(services, "default");
  return [functions?.["handler"], functions?.["default"]].find((each) => each?.rule !== undefined);
}

function ownFunctions(
  services: RuledServices,
  name: string,
): Readonly<Record<string, RuledFunction | undefined>> | undefined {
  return Object.hasOwn(services, name) ? services[name]?.functions : undefined;
}
