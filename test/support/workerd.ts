import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

const ROOT = join(import.meta.dirname, "../..");

/** A Worker that serves on loopback, by the platform's own server. */
export interface RunningWorkerd extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  output(): string;
  stop(): Promise<void>;
}

export interface WorkerdOptions {
  /** The Worker's module. Default: the gateway's entry. */
  readonly entry?: string;
  /** Text bindings, such as `FMESH_CONFIG` and `NATS_URL`. */
  readonly bindings: Readonly<Record<string, string>>;
  /** The authorities to trust besides the usual ones, PEM. */
  readonly authorities?: string | undefined;
  /** Where objects keep what they store; it has to be there. Default: in memory. */
  readonly storageFolder?: string | undefined;
}

/** How wrangler bundles. */
const DEPLOYED = {
  target: "browser",
  format: "esm",
  conditions: ["workerd", "worker"],
  external: ["cloudflare:workers"],
} satisfies Partial<Bun.BuildConfig>;

const bundles = new Map<string, Promise<string>>();

/** The entry for Cloudflare Workers and all it needs, as one module. */
export const EDGE_ENTRY = join(ROOT, "gateway/runtime/workerd.ts");

/** What `compatibility_date` and `compatibility_flags` of `wrangler.toml` say. */
async function compatibility(): Promise<{ date: string; flags: readonly string[] }> {
  const { compatibility_date: date, compatibility_flags: flags } = Bun.TOML.parse(
    await Bun.file(join(ROOT, "wrangler.toml")).text(),
  ) as { compatibility_date: string; compatibility_flags: readonly string[] };
  return { date, flags };
}

/** Bundles a Worker as it is deployed. */
export function bundleWorker(entry: string): Promise<string> {
  let bundle = bundles.get(entry);
  if (bundle === undefined) {
    bundle = build(entry);
    bundles.set(entry, bundle);
  }
  return bundle;
}

async function build(entry: string): Promise<string> {
  const { outputs } = await Bun.build({ ...DEPLOYED, entrypoints: [entry], minify: true });
  const [output] = outputs;
  if (output === undefined) throw new Error(`"${entry}" makes no bundle`);
  return await output.text();
}

/** The npm packages that an entry's bundle holds, by name. */
export async function packagesOf(entry: string): Promise<string[]> {
  const { metafile } = await Bun.build({ ...DEPLOYED, entrypoints: [entry], metafile: true });
  const paths = Object.values(metafile?.outputs ?? {}).flatMap(({ inputs }) => Object.keys(inputs));
  const packages = paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(packages)].toSorted((a, b) => a.localeCompare(b));
}

/**
 * Starts the platform's server with a Worker and its object, on a free port. Whoever starts it stops it.
 * @throws Error with what the server wrote when it does not start.
 */
export async function startWorkerd({
  entry = EDGE_ENTRY,
  bindings,
  storageFolder,
  authorities,
}: WorkerdOptions): Promise<RunningWorkerd> {
  const folder = await mkdtemp(join(tmpdir(), "workerd-"));
  await writeFile(join(folder, "worker.js"), await bundleWorker(entry));
  await writeFile(
    join(folder, "config.capnp"),
    configText({ bindings, storageFolder, authorities }, await compatibility()),
  );
  // It tells at descriptor 3 which port it has taken.
  const child = Bun.spawn([serverPath(), "serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let output = "";
  const gather = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  void gather(child.stdout);
  void gather(child.stderr);
  const stop = async (): Promise<void> => {
    child.kill();
    await child.exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await listeningPort(child);
    const url = `http://127.0.0.1:${port}`;
    return { url, output: () => output, stop, [Symbol.asyncDispose]: stop };
  } catch (cause) {
    await stop();
    throw new Error(`workerd did not start: ${output}`, { cause });
  }
}

/** The server comes by npm, as a package for each platform. */
function serverPath(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("workerd"));
  return require.resolve(
    `@cloudflare/workerd-${process.platform}-${process.arch === "x64" ? "64" : process.arch}/bin/workerd`,
  );
}

function configText(
  { bindings, storageFolder, authorities }: Omit<WorkerdOptions, "entry">,
  { date, flags }: { date: string; flags: readonly string[] },
): string {
  const texts = Object.entries(bindings).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`);
  const bound = [...texts, '(name = "FMESH_LINK", durableObjectNamespace = "NatsLink")'];
  const disk =
    storageFolder === undefined ? "" : `, (name = "disk", disk = (path = ${quoted(storageFolder)}, writable = true))`;
  const trusted = authorities === undefined ? "" : `, trustedCertificates = [${quoted(authorities)}]`;
  const network = `(allow = ["public", "private"], tlsOptions = (trustBrowserCas = true${trusted}))`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "internet", network = ${network})${disk}],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  compatibilityDate = ${quoted(date)},
  compatibilityFlags = [${flags.map(quoted).join(", ")}],
  durableObjectNamespaces = [(className = "NatsLink", uniqueKey = "link")],
  durableObjectStorage = (${disk === "" ? "inMemory = void" : 'localDisk = "disk"'}),
  bindings = [${bound.join(", ")}]
);
`;
}

/** A text as Cap'n Proto writes it: byte for byte where it is not plain. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/gu, (char) =>
    Array.from(new TextEncoder().encode(char), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
  );
  return `"${escaped}"`;
}

async function listeningPort(child: Subprocess): Promise<number> {
  const control = child.stdio[3];
  if (typeof control !== "number") throw new Error("there is no pipe to hear of the port");
  for await (const chunk of Bun.file(control).stream()) {
    const port = /"port":(\d+)/.exec(new TextDecoder().decode(chunk))?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error("it ended before it listened");
}
