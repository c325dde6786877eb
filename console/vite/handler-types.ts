import type { Plugin } from "vite";
import { emitHandlerTypes } from "./emit-handler-types.ts";

const ID = "virtual:handler-types";

/** Gives `virtual:handler-types`: what the code editor knows of `functions-mesh`, made from its source at each build. */
export function handlerTypes(): Plugin {
  let text: Promise<string> | undefined;
  return {
    name: "handler-types",
    resolveId: (id) => (id === ID ? `\0${ID}` : undefined),
    load: (id) => {
      if (id !== `\0${ID}`) return undefined;
      text ??= emitHandlerTypes().then((types) => `export const HANDLER_TYPES = ${JSON.stringify(types)};`);
      return text;
    },
  };
}
