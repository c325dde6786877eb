import type { JWK } from "jose";

/** An identity provider that publishes keys on a free port of this machine, and counts who asks. */
export interface JwksServer extends AsyncDisposable {
  readonly url: string;
  readonly fetches: number;
  /** What is answered from now on; a function makes each answer itself. */
  answer: readonly JWK[] | ((request: Request) => Response | Promise<Response>);
}

export function serveJwks(answer: JwksServer["answer"]): JwksServer {
  let fetches = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      fetches++;
      return typeof jwks.answer === "function" ? jwks.answer(request) : Response.json({ keys: jwks.answer });
    },
  });
  const jwks: JwksServer = {
    answer,
    url: `http://127.0.0.1:${server.port}/jwks.json`,
    get fetches() {
      return fetches;
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  };
  return jwks;
}
