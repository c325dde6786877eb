import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { AdminAuth } from "../../../gateway/admin/admin-auth.ts";
import type { GatewayConfig } from "../../../gateway/config.ts";
import { startGateway } from "../../../gateway/runtime/bun.ts";
import { loadConfig } from "../../../gateway/runtime/config-file.ts";
import { fileAdministration } from "../../../gateway/runtime/file-administration.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../../mesh/log.ts";
import { temporaryFolder } from "../config/watched-file.ts";

/** What `$NAME` values of the tests stand for. */
export const ENV = { SHOP_SECRET: "a secret of the shop, of thirty-two bytes or more" };

/** An administered project, with comments that have to stay. */
export const CONFIG = `# who may call what
projects:
  - id: shop # the shop
    secret: $SHOP_SECRET
    services:
      cart:
        functions:
          # puts in
          add: { rule: authenticated, record: result } # for all
          default: { rule: deny }
  - id: other
    secret: a-literal-secret-of-another-project
    services: {}
gateway: { port: 0 }
admin:
  users:
    - { user: ada, pass: password-of-ada }
    - { user: grace, pass: password-of-grace, role: viewer }
    - { user: joan, pass: password-of-joan, projects: [shop] }
`;

/** An answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
}

/** The members that tests look into, of whatever answer. */
interface AnswerBody {
  readonly text: string;
  readonly etag: string;
  readonly token: string;
  readonly error: string;
  readonly entries: readonly { readonly id: string; readonly isCurrent: boolean }[];
  readonly canSave: boolean;
  readonly findings: readonly unknown[];
  readonly projects: readonly Readonly<Record<string, unknown>>[];
}

/** A gateway on loopback whose configuration is a file. */
export interface Administered {
  readonly url: string;
  readonly file: string;
  readonly auth: AdminAuth;
  text(): string;
  readonly ask: (method: string, path: string, options?: AskOptions) => Promise<Answer>;
  /** A token of somebody of {@link CONFIG}. */
  readonly login: (user: string) => Promise<string>;
  replaceConfig(config: GatewayConfig): void;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Starts one that stops with the test. */
export async function administered(
  text = CONFIG,
  { isDevelopment = false, hasStore = true }: { isDevelopment?: boolean; hasStore?: boolean } = {},
): Promise<Administered> {
  const file = join(await temporaryFolder(), "fmesh.yaml");
  writeFileSync(file, text);
  const config = await loadConfig(file, { env: ENV });
  const given = { configFile: file, log: silentLog };
  const { store, ...withoutStore } = fileAdministration(config, {
    ...given,
    version: "1.0.0",
    env: ENV,
    isDevelopment,
  });
  const admin = { ...withoutStore, ...(hasStore && store !== undefined && { store }) };
  const broker = natsBroker({ url: "ws://127.0.0.1:9", name: "never connected", log: silentLog });
  const onAnyPort = { ...config, gateway: { ...config.gateway, port: 0 } };
  const gateway = await startGateway(onAnyPort, { ...given, broker, admin });
  onTestFinished(() => gateway.close());

  const ask = async (method: string, path: string, { token, body, headers }: AskOptions = {}): Promise<Answer> => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as AnswerBody };
  };
  return {
    url: gateway.url,
    file,
    auth: admin.auth,
    text: () => readFileSync(file, "utf8"),
    ask,
    login: async (user) => {
      const { body } = await ask("POST", "/v1/admin/login", { body: { user, pass: `password-of-${user}` } });
      return body.token;
    },
    replaceConfig: (next) => gateway.replaceConfig(next),
  };
}
