declare module "cloudflare:workers" {
  /** Keeps work going when the request that began it has ended. */
  export function waitUntil(work: Promise<unknown>): void;
}
