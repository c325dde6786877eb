import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Credentials } from "../../../builder/registry/credentials.ts";
import { dockerConfigCredentials } from "../../../builder/registry/credentials/docker-config.ts";

let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-docker-config-"));
  env = { PATH: `${folder}:${process.env.PATH ?? ""}` };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(config: unknown, host: string, prefix?: string): Promise<Credentials | undefined> {
  const file = join(folder, "config.json");
  await writeFile(file, typeof config === "string" ? config : JSON.stringify(config));
  return dockerConfigCredentials({ file, prefix, env }).credentials({ host, isRefused: false });
}

/** A credential helper that does what a script says. */
async function helper(name: string, script: string): Promise<void> {
  const file = join(folder, `docker-credential-${name}`);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

const auth = (user: string, password: string): { auth: string } => ({ auth: btoa(`${user}:${password}`) });

describe("the file that docker login writes", () => {
  test("has a user and a password, which may have colons", async () => {
    const config = { auths: { "registry.example.com:5000": auth("ann", "a:b") } };
    const found = { kind: "basic", user: "ann", password: "a:b" };
    expect(await ask(config, "registry.example.com:5000")).toEqual(found);
    expect(await ask(config, "registry.example.com")).toBeUndefined();
  });

  test("may have addresses instead of hosts, and the old address of Docker Hub", async () => {
    const config = {
      auths: { "https://old.example.com/v2/": auth("old", "1"), "https://index.docker.io/v1/": auth("hub", "2") },
    };
    expect(await ask(config, "old.example.com")).toMatchObject({ user: "old" });
    expect(await ask(config, "registry-1.docker.io")).toMatchObject({ user: "hub" });
  });

  test("may have a log-in for a part of a registry, as podman login writes it", async () => {
    const config = { auths: { "example.com": auth("all", "1"), "example.com/team": auth("team", "2") } };
    expect(await ask(config, "example.com", "team/functions")).toMatchObject({ user: "team" });
    expect(await ask(config, "example.com", "other")).toMatchObject({ user: "all" });
  });

  test("may have tokens", async () => {
    expect(await ask({ auths: { a: { auth: "", identitytoken: "refresh" } } }, "a")).toEqual({
      kind: "identity",
      token: "refresh",
    });
    expect(await ask({ auths: { a: { registrytoken: "direct" } } }, "a")).toEqual({ kind: "bearer", token: "direct" });
  });

  test("need not be there", async () => {
    const source = dockerConfigCredentials({ file: join(folder, "none.json"), env });
    expect(await source.credentials({ host: "a", isRefused: false })).toBeUndefined();
    expect(await ask({}, "a")).toBeUndefined();
  });

  test("is told of when it cannot be read, without what it has", async () => {
    await expect(ask("{", "a")).rejects.toThrow(/cannot be read: it is not JSON; log in again$/);
    await expect(ask({ auths: { a: { auth: ["s3cret"] } } }, "a")).rejects.toThrow(/look at "auths\.a\.auth"; log in/);
    await expect(ask({ auths: { a: { auth: "!!s3cret" } } }, "a")).rejects.not.toThrow(/s3cret/);
    await expect(ask({ auths: { a: { auth: btoa("nocolon") } } }, "a")).rejects.toMatchObject({
      code: "unauthenticated",
      message: expect.stringMatching(/^the log-in for "a" in ".*" cannot be read; log in again$/),
    });
  });
});

describe("a credential helper", () => {
  test("is asked for its registry, before the helper for all and the file", async () => {
    await helper("own", `read server; echo "{\\"Username\\":\\"own\\",\\"Secret\\":\\"$server\\"}"`);
    await helper("all", `echo '{"Username":"all","Secret":"x"}'`);
    const config = {
      credHelpers: { "a.example.com": "own" },
      credsStore: "all",
      auths: { "a.example.com": auth("f", "1") },
    };
    expect(await ask(config, "a.example.com")).toEqual({ kind: "basic", user: "own", password: "a.example.com" });
    expect(await ask(config, "b.example.com")).toMatchObject({ user: "all" });
  });

  test("may know nobody", async () => {
    await helper("empty", `echo "credentials not found in native keychain"; exit 1`);
    expect(await ask({ credsStore: "empty" }, "a")).toBeUndefined();
    expect(await ask({ credsStore: "empty", auths: { a: auth("file", "1") } }, "a")).toMatchObject({ user: "file" });
  });

  test("may have a refresh token", async () => {
    await helper("token", `echo '{"Username":"<token>","Secret":"refresh"}'`);
    expect(await ask({ credsStore: "token" }, "a")).toEqual({ kind: "identity", token: "refresh" });
  });

  test("that fails is told of, without what it wrote", async () => {
    await helper("broken", `echo s3cret; exit 3`);
    await expect(ask({ credsStore: "broken" }, "a")).rejects.toThrow(
      'the credential helper "docker-credential-broken" fails for "a" (exit code 3); run it by hand to see why',
    );
    await expect(ask({ credsStore: "missing" }, "a")).rejects.toThrow(/"docker-credential-missing" cannot be run/);
    await helper("odd", `echo '{"Secret":"s3cret"}'`);
    await expect(ask({ credsStore: "odd" }, "a")).rejects.not.toThrow(/s3cret/);
  });

  test("is never a path, or more than one word", async () => {
    for (const name of ["../own", "own;ls", "a b", "/bin/sh"]) {
      await expect(ask({ credsStore: name }, "a")).rejects.toThrow(/has a name that no program has/);
    }
  });

  test("that writes without end is ended", async () => {
    await helper("endless", `exec yes`);
    await expect(ask({ credsStore: "endless" }, "a")).rejects.toThrow(/writes without end/);
  });

  test("ends by the signal, with what it started", async () => {
    await helper("slow", `sleep 1000 & echo $! > "${join(folder, "pid")}"; wait`);
    const file = join(folder, "config.json");
    await writeFile(file, JSON.stringify({ credsStore: "slow" }));
    const controller = new AbortController();
    const source = dockerConfigCredentials({ file, env });
    const asked = source.credentials({ host: "a", isRefused: false, signal: controller.signal });
    asked.catch(() => undefined);
    const pid = await until(async () => (await Bun.file(join(folder, "pid")).text()).trim());
    controller.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    await until(async () => ((await isRunning(pid)) ? "" : "ended"));
  });
});

async function isRunning(pid: string): Promise<boolean> {
  const status = await Bun.file(`/proc/${pid}/status`)
    .text()
    .catch(() => "");
  return status !== "" && !/^State:\s+Z/m.test(status);
}

/** Asks until there is an answer. */
async function until(question: () => Promise<string>): Promise<string> {
  for (;;) {
    const answer = await question().catch(() => "");
    if (answer !== "") return answer;
    await Bun.sleep(5);
  }
}
