import { type HttpApi, createHttpApi } from "./http-api.ts";
import { ProjectTokens } from "./project-tokens.ts";

/** The two faces of the gateway's API, and the tokens between. */
export interface Apis {
  /** `/v1/admin/*`, as whoever is signed in. */
  readonly admin: HttpApi;
  readonly tokens: ProjectTokens;
  /** `/api/*`, `/v1/call/*` and `/v1/http/*`, with a token of the project. The same object each time. */
  readonly project: (id: string) => HttpApi;
}

/** What the APIs are made of. */
export interface ApisParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly token: () => string | undefined;
  /** The administrators' API does not take the token any more. */
  readonly onSignedOut: () => void;
}

/** Puts the APIs together. */
export function createApis({ fetch, token, onSignedOut }: ApisParts): Apis {
  const onRefused = (): boolean => {
    onSignedOut();
    return false;
  };
  const admin = createHttpApi({ fetch, token, onRefused });
  const tokens = new ProjectTokens(admin);
  const projects = new Map<string, HttpApi>();
  const project = (id: string): HttpApi => {
    const known = projects.get(id);
    if (known !== undefined) return known;
    const made = createHttpApi({
      fetch,
      token: () => tokens.get(id),
      // The project's secret may have changed meanwhile.
      onRefused: () => {
        tokens.forget(id);
        return true;
      },
      headers: { "X-Fmesh-Project": id },
    });
    projects.set(id, made);
    return made;
  };
  return { admin, tokens, project };
}
