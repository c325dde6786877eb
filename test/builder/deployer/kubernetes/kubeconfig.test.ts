import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findAccess } from "../../../../builder/deployer/knative/client/find-access.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { failureOf, GO, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

/** Writes a file in a folder of its own, as YAML. */
async function written(path: string, config: unknown): Promise<string> {
  const file = join(kubernetes.server.folder, path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, typeof config === "string" ? config : Bun.YAML.stringify(config, null, 2));
  return file;
}

function cluster(name: string, more: Record<string, unknown> = {}) {
  return { name, cluster: { server: kubernetes.server.url, "certificate-authority": "../authority/ca.crt", ...more } };
}

const context = (name: string, user: string, namespace?: string) => ({
  name,
  context: { cluster: "c", user, ...(namespace !== undefined && { namespace }) },
});

test("several files are one: the first one's word stands, and paths begin where their file is", async () => {
  const { token, server } = { token: kubernetes.server.token, server: kubernetes.server };
  const first = await written("one/config", {
    "current-context": "a",
    contexts: [context("a", "ann", "shop")],
    users: [{ name: "ann", user: { token } }],
  });
  const second = await written("two/config", {
    "current-context": "b",
    clusters: [cluster("c")],
    contexts: [context("a", "ben"), context("b", "ben")],
    users: [
      { name: "ann", user: { token: "wrong" } },
      { name: "ben", user: { token: "wrong" } },
    ],
  });
  const env = { KUBECONFIG: `${first}:${join(server.folder, "absent")}::${second}` };
  const access = await findAccess({ env });
  expect(access).toMatchObject({ namespace: "shop", origin: `context "a" of "${first}"` });
  expect(await (await openedClient(server, { access })).version(GO)).toBe("v1.32.2");
  const other = await findAccess({ env, context: "b" });
  expect(other).toMatchObject({ namespace: "default", origin: `context "b" of "${second}"` });
});

test("without a word about it, the one at home is read", async () => {
  const { token, folder } = kubernetes.server;
  await written("home/.kube/config", {
    "current-context": "a",
    clusters: [cluster("c", { "certificate-authority": "../../authority/ca.crt" })],
    contexts: [context("a", "ann")],
    users: [{ name: "ann", user: { token } }],
  });
  const access = await findAccess({ env: { HOME: join(folder, "home"), KUBECONFIG: "" } });
  expect(await (await openedClient(kubernetes.server, { access })).version(GO)).toBe("v1.32.2");
});

test("what is missing or cannot be read is named", async () => {
  const { folder } = kubernetes.server;
  const cases: [unknown, RegExp, string?][] = [
    [{ contexts: [context("a", "")] }, /no context of ".*" is the current one; name one of "a"/],
    [{ "current-context": "a", contexts: [context("b", "")] }, /there is no context "a" in .*; there are: "b"/],
    [{ "current-context": "a", contexts: [context("a", "")] }, /names the cluster "c", which is not in/],
    [
      { "current-context": "a", contexts: [context("a", "ann")], clusters: [cluster("c")] },
      /names the user "ann", who is not/,
    ],
    [
      { "current-context": "a", contexts: [context("a", "")], clusters: [cluster("c", { server: "nowhere" })] },
      /is no address/,
    ],
    [
      {
        "current-context": "a",
        contexts: [context("a", "")],
        clusters: [cluster("c", { "proxy-url": "socks5://p:1" })],
      },
      /"proxy-url" of .* is not of http or https/,
    ],
    ["contexts: [", /is no YAML; correct it/],
    [
      { users: [{ name: "ann", user: { token: ["secret"] } }] },
      /says something else than expected at "users\.0\.user\.token"/,
    ],
  ];
  for (const [index, [config, words]] of cases.entries()) {
    const kubeconfig = await written(`bad/config-${index}`, config);
    const { message } = await failureOf(findAccess({ kubeconfig, env: {} }));
    expect(message).toMatch(words);
    expect(message).not.toContain("secret");
  }
  const absent = join(folder, "absent");
  const { code, message } = await failureOf(findAccess({ kubeconfig: absent, env: {} }));
  expect(code).toBe("unreachable");
  expect(message).toContain(`there is no kubeconfig at "${absent}"; name one that is there`);
});

test("over plain HTTP nobody is told who we are", async () => {
  const seen: (string | null)[] = [];
  using plain = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      seen.push(request.headers.get("authorization"));
      return Response.json({ gitVersion: "v1.0.0" });
    },
  });
  const kubeconfig = await written("plain/config", {
    "current-context": "a",
    clusters: [{ name: "c", cluster: { server: `${plain.url.href}prefix/` } }],
    contexts: [context("a", "ann")],
    users: [{ name: "ann", user: { token: "secret" } }],
  });
  const access = await findAccess({ kubeconfig, env: {} });
  expect(await (await openedClient(kubernetes.server, { access })).version(GO)).toBe("v1.0.0");
  expect(seen).toEqual([null]);
});
