import { signOperatorToken } from "../../gateway/admin/operators.ts";
import { signDevelopmentToken } from "../../gateway/auth/development-token.ts";
import { developmentSecret, operatorSecret } from "../../cli/up/development-secret.ts";
import { type ExampleFolder, type RunningCommand, copyExample, startFmesh } from "../support/fmesh.ts";

/** A mesh in a folder of its own, as `npm start` runs it, with its console. */
export interface ConsoleMesh {
  /** Of the gateway, without a slash at its end. */
  readonly url: string;
  readonly example: ExampleFolder;
  readonly command: RunningCommand;
  /** An address of the console that signs in whoever opens it first. @param path below the console's own */
  link(path?: string): Promise<string>;
  /** Asks the HTTP API as an administrator of the project, who knows no console. Rejects unless it is a success. */
  ask<T>(path: string, json?: unknown, options?: AskOptions): Promise<T>;
  /** The same, for whatever it answers. */
  send(path: string, json?: unknown, options?: AskOptions): Promise<Response>;
}

/** The same for whoever started it. */
export interface StartedConsoleMesh extends ConsoleMesh {
  stop(): Promise<void>;
}

/** How the API is asked. */
export interface AskOptions {
  /** Default: `POST` of what there is JSON for. */
  readonly method?: "POST" | "PUT";
  readonly headers?: Readonly<Record<string, string>>;
}

/** What to start, and with what. */
export interface ConsoleMeshOptions {
  /** A folder of `examples/`. Default `arithmetic`. */
  readonly example?: string;
  /** Whose API is asked. Default `my-adder`. */
  readonly project?: string;
  /** Makes the folder what the test needs before anything runs. */
  readonly prepare?: (example: ExampleFolder) => Promise<void>;
}

/** Runs `fmesh up` until the console can be opened. */
export async function startConsoleMesh(options: ConsoleMeshOptions = {}): Promise<StartedConsoleMesh> {
  const { example: name, project = "my-adder", prepare } = options;
  const example = await copyExample(name);
  await prepare?.(example);
  const command = startFmesh(["up", example.folder]);
  const stop = async (): Promise<void> => {
    await command.stop();
    await example.remove();
  };
  try {
    await command.until(/Ctrl-C stops everything/);
    const [, url = ""] = /gateway +(\S+)/.exec(command.output()) ?? [];
    // Answers once the console is built.
    const page = await fetch(`${url}/console/`);
    if (!page.ok) throw new Error(`there is no console: ${await page.text()}`);
    const link = async (path = "/mesh"): Promise<string> =>
      `${url}/console${path}#code=${await freshCode(url, example.folder)}`;
    const send: ConsoleMesh["send"] = async (path, json, { method = "POST", headers } = {}) => {
      const secret = developmentSecret(example.folder);
      const token = await signDevelopmentToken({ secret, claims: { id: "ada", role: "admin" }, expiresInSeconds: 60 });
      return fetch(url + path, {
        headers: {
          Authorization: `Bearer ${token}`,
          "X-Fmesh-Project": project,
          "Content-Type": "application/json",
          ...headers,
        },
        ...(json !== undefined && { method, body: JSON.stringify(json) }),
      });
    };
    const ask = async <T>(...request: Parameters<typeof send>): Promise<T> => {
      const answer = await send(...request);
      if (!answer.ok) throw new Error(`${request[0]} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    return { url, example, command, link, ask, send, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What `fmesh console` asks for. */
async function freshCode(url: string, folder: string): Promise<string> {
  const token = await signOperatorToken(operatorSecret(developmentSecret(folder)));
  const answer = await fetch(`${url}/v1/admin/link`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  const { code } = (await answer.json()) as { readonly code: string };
  return code;
}
