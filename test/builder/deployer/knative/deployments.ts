import type { Deployment } from "../../../../mesh/deployment.ts";

/** A version of a function that is to be deployed; `more` says what is special about it. */
export function deploymentOf(more: Partial<Deployment> = {}): Deployment {
  const digest = `sha256:${"a".repeat(64)}`;
  return {
    project: "shop",
    label: "greet",
    version: 1,
    image: { reference: `registry.example.com/fn/shop/greet@${digest}`, repository: "shop/greet", digest },
    runtime: "bun",
    env: {},
    secrets: {},
    timeoutMs: 10_000,
    scale: { min: 0, max: 10, concurrency: 20, idleSeconds: 60 },
    resources: { memory: "256Mi", cpu: "1" },
    network: "none",
    traffic: { "1": 100 },
    ...more,
  };
}

let count = 0;

/** A function of its own in a namespace of its own, with an image of its own. */
export function fresh(more: Partial<Deployment> = {}): Deployment {
  count += 1;
  const digest = `sha256:${count.toString(16).padStart(64, "0")}`;
  const image = { reference: `registry.example.com/fn/x@${digest}`, repository: "x", digest };
  return deploymentOf({ project: `p${count}`, image, ...more });
}
