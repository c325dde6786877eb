import type { WorkerAnswer, WorkerQuestion } from "./typescript-messages.ts";

/** What the editor's extensions ask. */
export type TypeScriptRemote = Readonly<
  Record<"updateFile" | "getLints" | "getAutocompletion" | "getHover", (params: object) => Promise<unknown>>
>;

/** TypeScript in a worker of its own. */
export interface TypeScriptClient {
  readonly remote: TypeScriptRemote;
  /** Makes what a file can import known. */
  readonly start: (types: Readonly<Record<string, string>>) => Promise<void>;
  readonly close: () => void;
}

/** Starts TypeScript in a worker. It is several megabytes: only while an editor needs it. */
export function startTypeScript(): TypeScriptClient {
  const worker = new Worker(new URL("./typescript-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error === undefined) asked?.resolve(data.result);
    else asked?.reject(new Error(`TypeScript failed: ${data.error}`));
  });
  const ask = (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    const asked = Promise.withResolvers<unknown>();
    const question: WorkerQuestion = { id: ++lastId, method, params };
    waiting.set(question.id, asked);
    worker.postMessage(question);
    return asked.promise;
  };
  return {
    remote: {
      updateFile: (params) => ask("updateFile", params),
      getLints: (params) => ask("getLints", params),
      getAutocompletion: (params) => ask("getAutocompletion", sendable(params)),
      getHover: (params) => ask("getHover", params),
    },
    start: async (types) => {
      await ask("initialize", types);
    },
    close: () => worker.terminate(),
  };
}

/** A completion's context is more than can be sent; these two are what is read of it. */
function sendable(params: { readonly context?: unknown }): unknown {
  if (params.context === undefined) return params;
  const { pos, explicit } = params.context as { readonly pos: number; readonly explicit: boolean };
  return { ...params, context: { pos, explicit } };
}
