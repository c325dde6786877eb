/** What differs between registries of ECR. */
export interface EcrTraits {
  /** The account's setting BLOB_MOUNTING. */
  mounts: boolean;
  /** Some manifests with a subject are answered with 405. */
  refusesSubjects: boolean;
}

export interface FrontOptions {
  /** The real registry behind it. */
  readonly registryUrl: string;
  /** Passwords that are good. */
  readonly tokens: ReadonlySet<string>;
  readonly repositories: ReadonlyMap<string, unknown>;
  readonly traits: EcrTraits;
}

const CHANGING_TAG = /^sha256-/;

/** Makes a registry behave as ECR's does where it is known to differ. */
export function serveRegistry(options: FrontOptions): { readonly url: string; close(): Promise<void> } {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    maxRequestBodySize: 1024 * 1024 * 1024,
    async fetch(request) {
      const refused = (await refusal(request, options)) ?? undefined;
      return refused ?? forward(request, options.registryUrl);
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, close: () => server.stop(true) };
}

async function refusal(request: Request, options: FrontOptions): Promise<Response | undefined> {
  const { tokens, repositories, traits, registryUrl } = options;
  const { method, headers } = request;
  const { pathname, searchParams } = new URL(request.url);
  const [user, password = ""] = atob(headers.get("authorization")?.replace("Basic ", "") ?? "").split(":");
  if (user !== "AWS" || !tokens.has(password)) {
    const challenge = 'Basic realm="https://ecr.tests/",service="ecr.amazonaws.com"';
    return told(401, "UNAUTHORIZED", "Not Authorized", { "www-authenticate": challenge });
  }
  const [, repository = "", kind = "", rest = ""] =
    /^\/v2\/(.+?)\/(blobs|manifests|tags|referrers)\/(.*)$/.exec(pathname) ?? [];
  if (!repositories.has(repository)) return told(404, "NAME_UNKNOWN", `The repository '${repository}' does not exist`);
  if (method === "PATCH") {
    // The first piece is taken with the wrong status, and of later ones the content is lost.
    await request.bytes();
    return new Response(null, { status: 201, headers: { location: request.url } });
  }
  if (method === "PUT" && headers.get("content-length") === null) return told(411, "SIZE_INVALID", "length required");
  if (searchParams.has("mount") && !traits.mounts) {
    return forward(new Request(request.url.replace(/\?.*$/, ""), { method, headers }), registryUrl);
  }
  return method === "PUT" && kind === "manifests" ? refusedManifest(request, rest, options) : undefined;
}

async function refusedManifest(
  request: Request,
  reference: string,
  { traits, registryUrl }: FrontOptions,
): Promise<Response | undefined> {
  const manifest = (await request.clone().json()) as { subject?: unknown };
  if (traits.refusesSubjects && manifest.subject !== undefined) return told(405, "UNSUPPORTED", "Invalid parameter");
  if (reference.startsWith("sha256:") || CHANGING_TAG.test(reference)) return undefined;
  const { pathname } = new URL(request.url);
  const accept = request.headers.get("content-type") ?? "";
  const there = await fetch(`${registryUrl}${pathname}`, { method: "HEAD", headers: { accept } });
  const message = `The image tag '${reference}' already exists in the repository and cannot be overwritten because the tag is immutable.`;
  return there.ok ? told(400, "TAG_INVALID", message) : undefined;
}

async function forward(request: Request, registryUrl: string): Promise<Response> {
  const { pathname, search, origin } = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.delete("authorization");
  headers.delete("host");
  const body = request.body === null ? {} : { body: request.body };
  const answer = await fetch(`${registryUrl}${pathname}${search}`, { method: request.method, headers, ...body });
  const answerHeaders = new Headers(answer.headers);
  const location = answer.headers.get("location");
  if (location !== null) answerHeaders.set("location", location.replace(registryUrl, origin));
  return new Response(answer.body, { status: answer.status, headers: answerHeaders });
}

function told(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ errors: [{ code, message }] }, { status, headers });
}
