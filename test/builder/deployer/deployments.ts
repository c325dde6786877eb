import type { DeployedName, Deployment } from "../../../mesh/deployment.ts";

/** A deployment that gets all calls, with what functions have by default. */
export function deploymentOf(
  name: DeployedName,
  version: number,
  { image, ...rest }: Partial<Deployment> & Pick<Deployment, "image">,
): Deployment {
  return {
    ...name,
    ...{ version, image, runtime: "bun", env: {}, secrets: {}, timeoutMs: 10_000, network: "none" },
    scale: { min: 0, max: 10, concurrency: 20, idleSeconds: 60 },
    resources: { memory: "256Mi", cpu: "1" },
    traffic: { [version]: 100 },
    ...rest,
  };
}

/** Values that were handed over, to be waited for. */
export interface Handed<T> {
  readonly take: (value: T) => void;
  readonly count: number;
  /** Resolves with the newest value, or one to come, that is as wanted. */
  until(isWanted: (value: T) => boolean): Promise<T>;
}

/** Collects what a listener is told. */
export function collecting<T>(): Handed<T> {
  const values: T[] = [];
  let heard = Promise.withResolvers<void>();
  return {
    take: (value) => {
      values.push(value);
      heard.resolve();
      heard = Promise.withResolvers();
    },
    get count() {
      return values.length;
    },
    async until(isWanted) {
      for (;;) {
        const newest = values.at(-1);
        if (newest !== undefined && isWanted(newest)) return newest;
        await heard.promise;
      }
    },
  };
}

/** The first that is as wanted; what it comes from is then ended. */
export async function firstOf<T>(of: AsyncIterable<T>, isWanted: (value: T) => boolean = () => true): Promise<T> {
  for await (const value of of) if (isWanted(value)) return value;
  throw new Error("it ended without what was wanted");
}
