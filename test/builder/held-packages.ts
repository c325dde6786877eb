/** In front of a package registry: what is asked for packages named `held-…` waits. */
export interface HeldPackages {
  readonly url: string;
  /** Resolves when such a package is asked for. */
  readonly asked: Promise<void>;
  /** Resolves when who asked has gone without an answer. */
  readonly left: Promise<void>;
  /** Lets all through from now on. */
  release(): void;
  close(): Promise<void>;
}

export function holdPackages(behind: string): HeldPackages {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/held-")) {
        request.signal.addEventListener("abort", () => left.resolve());
        asked.resolve();
        await released.promise;
      }
      return fetch(new URL(pathname, behind));
    },
  });
  return {
    url: server.url.href,
    asked: asked.promise,
    left: left.promise,
    release: () => released.resolve(),
    close: () => server.stop(true),
  };
}
