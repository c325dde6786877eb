import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { makeClientCertificate } from "../../../support/certificates.ts";
import { PODS } from "../../../../builder/deployer/knative/cluster.ts";
import { findAccess } from "../../../../builder/deployer/knative/client/find-access.ts";
import { failureOf, GO, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

async function base64(file: string): Promise<string> {
  return (await readFile(file)).toString("base64");
}

test("a client certificate shows who we are, from files or from the kubeconfig itself", async () => {
  const { server } = kubernetes;
  const { "client-certificate": certificate, "client-key": key } = server.adminCertificate;
  const byFile = await openedClient(server, { user: server.adminCertificate });
  expect(await byFile.version(GO)).toBe("v1.32.2");
  const user = { "client-certificate-data": await base64(certificate), "client-key-data": await base64(key) };
  const byData = await openedClient(server, { user });
  expect(await byData.may({ verb: "create", group: "", resource: "namespaces" }, GO)).toBe(true);
});

test("a certificate that the cluster does not know is nobody's", async () => {
  const { server } = kubernetes;
  const stranger = await makeClientCertificate(server.folder, "stranger");
  const user = { "client-certificate": stranger.certificateFile, "client-key": stranger.keyFile };
  const client = await openedClient(server, { user });
  expect(await failureOf(client.list(PODS, {}, GO))).toMatchObject({
    code: "forbidden",
    message: expect.stringContaining('User "system:anonymous"') as string,
  });
});

test("users of one process keep to their own connections", async () => {
  const { server } = kubernetes;
  const admin = await openedClient(server, { user: server.adminCertificate });
  const nobody = await openedClient(server, { user: {} });
  for (let round = 0; round < 3; round++) {
    expect(await admin.list(PODS, {}, GO)).toEqual([]);
    expect((await failureOf(nobody.list(PODS, {}, GO))).code).toBe("forbidden");
  }
});

test("many requests share few connections", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server, { user: server.adminCertificate });
  for (let round = 0; round < 30; round++) await client.version(GO);
  expect(server.connections).toBeLessThan(8);
});

test("a certificate and a key that do not belong together are said to be so", async () => {
  const { server } = kubernetes;
  const other = await makeClientCertificate(server.folder, "other");
  const user = { ...server.adminCertificate, "client-key": other.keyFile };
  const client = await openedClient(server, { user });
  expect(await failureOf(client.version(GO))).toMatchObject({
    code: "unauthorized",
    message: expect.stringContaining("and its key do not belong together") as string,
  });
  const half = await openedClient(server, { user: { "client-certificate": other.certificateFile } });
  expect((await failureOf(half.version(GO))).message).toContain("a client certificate without its key");
  const broken = await openedClient(server, {
    user: { ...server.adminCertificate, "client-certificate-data": "aGVsbG8=" },
  });
  expect((await failureOf(broken.version(GO))).message).toContain("the client certificate of context");
});

test("a client certificate that has expired is said to have", async () => {
  const { server } = kubernetes;
  const kubeconfig = await server.kubeconfig(server.adminCertificate);
  const access = await findAccess({ kubeconfig, env: {}, now: () => new Date("2999-01-01") });
  const client = await openedClient(server, { access });
  server.cluster.faults.answer({ status: 401 });
  expect(await failureOf(client.version(GO))).toMatchObject({
    code: "unauthorized",
    message: expect.stringMatching(/the client certificate of context "test" .* expired on .*; log in again/) as string,
  });
});

test("a token file that is written anew is read anew", async () => {
  const { server } = kubernetes;
  const tokenFile = join(server.folder, "token");
  server.cluster.access.addToken("first", { name: "ci" });
  await writeFile(tokenFile, "first\n");
  const client = await openedClient(server, { user: { tokenFile, token: "ignored" } });
  expect(await client.version(GO)).toBe("v1.32.2");
  server.cluster.access.expireToken("first");
  expect((await failureOf(client.version(GO))).code).toBe("unauthorized");
  server.cluster.access.addToken("second", { name: "ci" });
  await writeFile(tokenFile, "second\n");
  expect(await client.version(GO)).toBe("v1.32.2");
});

test("a token file that is missing is named", async () => {
  const { server } = kubernetes;
  const client = await openedClient(server, { user: { tokenFile: "nowhere/token" } });
  const { code, message } = await failureOf(client.version(GO));
  expect(code).toBe("unauthorized");
  expect(message).toContain(`the token file "${join(server.folder, "nowhere/token")}" cannot be read (ENOENT)`);
});

test("a token that is none is refused without being told", async () => {
  const { server } = kubernetes;
  for (const [token, words] of [
    ["half of-a-secret", "holds what no token holds"],
    ["two\nlines", "holds what no token holds"],
  ] as const) {
    const client = await openedClient(server, { user: { token } });
    const { code, message } = await failureOf(client.version(GO));
    expect(code).toBe("unauthorized");
    expect(message).toContain(words);
    expect(message).not.toContain("secret");
    expect(message).not.toContain("lines");
  }
});

test("a user and a password are shown as such", async () => {
  const { server } = kubernetes;
  server.cluster.access.addToken("ann:pass:word", { name: "ann" });
  const client = await openedClient(server, { user: { username: "ann", password: "pass:word" } });
  expect(await client.version(GO)).toBe("v1.32.2");
});

test("what would make us somebody else is not passed over", async () => {
  const { server } = kubernetes;
  const old = await openedClient(server, { user: { "auth-provider": { name: "gcp" } } });
  expect((await failureOf(old.version(GO))).message).toMatch(/"auth-provider" of context "test" .* use "exec" instead/);
  const several = await openedClient(server, { user: { token: server.token, as: "ann", "as-groups": ["a", "b"] } });
  expect((await failureOf(several.version(GO))).message).toContain("only one is supported");
});

test("a cluster whose certificate is another's is not trusted", async () => {
  const { server } = kubernetes;
  const { "client-certificate": stranger } = server.adminCertificate;
  for (const [cluster, words] of [
    [{}, /is not trusted .*; correct the "certificate-authority-data"/],
    [{ "certificate-authority": stranger }, /is not trusted/],
    [
      { "certificate-authority": join(server.folder, "authority/ca.crt"), "tls-server-name": "kubernetes" },
      /is for another name/,
    ],
    [{ "certificate-authority-data": "aGVsbG8=" }, /the certificate authority of context .* is no certificate/],
  ] as const) {
    const access = await accessOf(cluster);
    const client = await openedClient(server, { access });
    const { code, message } = await failureOf(client.version(GO));
    expect(code).toBe("unreachable");
    expect(message).toMatch(words);
  }
});

test("a server may be known by another name, or not verified at all, which is said", async () => {
  const { server } = kubernetes;
  const authority = join(server.folder, "authority/ca.crt");
  const named = await accessOf({ "certificate-authority": authority, "tls-server-name": "localhost" });
  expect(await (await openedClient(server, { access: named })).version(GO)).toBe("v1.32.2");
  expect(named.warnings).toEqual([]);
  const unverified = await accessOf({ "insecure-skip-tls-verify": true });
  expect(await (await openedClient(server, { access: unverified })).version(GO)).toBe("v1.32.2");
  expect(unverified.warnings).toEqual([expect.stringContaining("is not verified")]);
});

async function accessOf(cluster: Readonly<Record<string, unknown>>) {
  const { server } = kubernetes;
  const kubeconfig = await server.kubeconfig({ token: server.token }, { cluster });
  return findAccess({ kubeconfig, env: {} });
}
