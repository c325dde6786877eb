import { afterAll, beforeAll } from "vitest";
import { PROJECT, type TestMesh, type TestMeshOptions, startTestMesh } from "../support/mesh.ts";

/** What a call may say besides whom it calls. */
export interface CallRequest {
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly method?: string;
}

/** A mesh for all tests of a suite, started before the first and stopped after the last. */
export function meshForSuite(options: TestMeshOptions): () => TestMesh {
  let mesh: TestMesh | undefined;
  beforeAll(async () => {
    mesh = await startTestMesh(options);
  });
  afterAll(() => mesh?.stop());
  return () => {
    if (mesh === undefined) throw new Error("the mesh is started before the first test, not while tests are collected");
    return mesh;
  };
}

/** Calls `service/function` on the native path. */
export function callNative({ url }: { url: string }, name: string, request: CallRequest = {}): Promise<Response> {
  return send(`${url}/v1/call/${PROJECT}/${name}`, request);
}

/** Calls `service/function` on the path of 2019. */
export function call2019({ url }: { url: string }, name: string, request: CallRequest = {}): Promise<Response> {
  const [service, ...rest] = name.split("/");
  return send(`${url}/v1/api/${PROJECT}/functions/${service}/${rest.join("/")}`, request);
}

/** Both paths, for promises that hold on either. */
export const PATHS = [
  ["the native path", callNative],
  ["the path of 2019", call2019],
] as const;

function send(url: string, { body, headers, token, method = "POST" }: CallRequest): Promise<Response> {
  return fetch(url, {
    method,
    ...(body !== undefined && { body }),
    headers: { ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
  });
}
