import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { CloseStack } from "../../mesh/lifecycle.ts";
import { PROJECT_ROOT, type RunningCommand, startFmesh } from "../support/fmesh.ts";
import { brokersUnderTest, useNats } from "../support/nats.ts";
import { VERSIONS, peersFolder } from "./client-folder.ts";

/** The project of 2019's documentation, and a secret as short as it has them. */
export const PROJECT = "my-adder";
export const SECRET = "some-secret";

/** How the product runs: all in one, or as a gateway in front of a broker of its own. */
export type Setting = "fmesh up" | "fmesh gateway";

/** What it says once calls are taken, its address first. */
const SIGNS: Readonly<Record<Setting, readonly [RegExp, RegExp]>> = {
  "fmesh up": [/gateway +(http:\S+)\n/, /Ctrl-C stops/],
  "fmesh gateway": [/"message":"gateway is up","url":"(http:[^"]+)"/, /broker connected/],
};

/** A gateway that clients of 2019 find where Space Cloud was. */
export interface SpaceCloud extends AsyncDisposable {
  readonly url: string;
  /** Where `fmesh.yaml` is, and functions-mesh can be imported. */
  readonly folder: string;
  /** Where the programs of clients are: a folder per version of their package. */
  readonly clients: string;
  /** What `fmesh` needs to find the broker. */
  readonly env: Readonly<Record<string, string>>;
  /** Signs a token of the project, good for an hour. */
  token(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Ends the gateway and starts it again at the same address. */
  restart(): Promise<void>;
}

type Section = Readonly<Record<string, unknown>>;

/** Starts it with a configuration of Space Cloud 0.12, and keys of ours for the project and the gateway. */
export async function startSpaceCloud(
  modules: Section,
  {
    setting = "fmesh up",
    project = {},
    gateway = {},
  }: { setting?: Setting; project?: Section; gateway?: Section } = {},
): Promise<SpaceCloud> {
  const parts = new CloseStack();
  const folder = await mkdtemp(join(tmpdir(), "fmesh-space-cloud-"));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const clients = join(folder, "clients");
  await mkdir(join(folder, "node_modules"));
  await symlink(PROJECT_ROOT, join(folder, "node_modules/functions-mesh"));
  const write = (gatewayPort: number): Promise<void> =>
    writeFile(
      join(folder, "fmesh.yaml"),
      // JSON is YAML, too.
      JSON.stringify({
        projects: [{ id: PROJECT, name: "My Adder", secret: SECRET, ...project, modules }],
        ssl: { enabled: false, crt: "", key: "" },
        gateway: { routes: [], internalRoutes: [], ...gateway, port: gatewayPort },
        broker: { tcpPort: 0, wsPort: 0 },
        functions: { enabled: false },
        builder: { enabled: false },
        deployer: { enabled: false },
      }),
    );
  try {
    await write(0);
    for (const version of VERSIONS) await peersFolder(join(clients, version), version);
    const env: Record<string, string> = setting === "fmesh up" ? {} : await startBroker(parts);
    const start = async (): Promise<{ running: RunningCommand; url: string }> => {
      const running = startFmesh([setting === "fmesh up" ? "up" : "gateway", folder], { env });
      for (const sign of SIGNS[setting]) await running.until(sign);
      const url = SIGNS[setting][0].exec(running.output())?.[1];
      if (url === undefined) throw new Error(`the gateway does not say where it is:\n${running.output()}`);
      return { running, url };
    };
    let { running, url } = await start();
    parts.defer(async () => void (await running.stop("SIGTERM")));
    return {
      url,
      folder,
      clients,
      env: { ...env, FMESH_PROJECT: PROJECT },
      token: (claims = { id: "u1", role: "admin" }) =>
        signDevelopmentToken({ secret: SECRET, claims, expiresInSeconds: 3600 }),
      restart: async () => {
        await running.stop("SIGTERM");
        await write(Number(new URL(url).port));
        ({ running, url } = await start());
      },
      [Symbol.asyncDispose]: () => parts.close(),
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
}

/** A broker of its own: the NATS project's, where that is installed. */
async function startBroker(parts: CloseStack): Promise<Record<string, string>> {
  const broker = await useNats(brokersUnderTest().at(-1) ?? "embedded");
  parts.defer(() => broker.stop());
  return { NATS_URL: broker.tcpUrl };
}

/** The functions section of a configuration of 0.12, from rules by service and function. */
export function functionsModule(rules: Readonly<Record<string, Section>>): Section {
  const services = Object.entries(rules).map(([service, functions]) => {
    const written = Object.entries(functions).map(([name, rule]) => [name, { rule }]);
    return [service, { functions: Object.fromEntries(written) }];
  });
  return {
    functions: {
      enabled: true,
      broker: "nats",
      conn: "nats://localhost:4222",
      services: Object.fromEntries(services),
    },
  };
}
