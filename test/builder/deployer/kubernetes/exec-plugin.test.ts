import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { failureOf, GO, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();
const VERSION = "client.authentication.k8s.io/v1";
let count = 0;

/** A plugin of a shell script, and a client that uses it; `calls` are the lines that the plugin notes. */
async function plugin(script: string, more: Readonly<Record<string, unknown>> = {}) {
  const { server } = kubernetes;
  const notes = join(server.folder, `notes-${++count}`);
  const file = join(server.folder, `plugin-${count}`);
  await writeFile(notes, "");
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  const env = [{ name: "NOTES", value: notes }];
  const exec = { apiVersion: VERSION, command: `./plugin-${count}`, interactiveMode: "Never", env, ...more };
  const client = await openedClient(server, { user: { exec } });
  return { client, calls: async () => (await readFile(notes, "utf8")).split("\n").filter((line) => line !== "") };
}

function credential(status: string, version = VERSION): string {
  return `cat <<END\n{"apiVersion":"${version}","kind":"ExecCredential","status":{${status}}}\nEND`;
}

const LATER = '"expirationTimestamp":"2999-01-01T00:00:00Z"';

test("a plugin is asked once, and told what it needs to know", async () => {
  const { server } = kubernetes;
  const script = `echo "$1 $KUBERNETES_EXEC_INFO" >> "$NOTES"\n${credential(`"token":"${server.token}",${LATER}`)}`;
  const { client, calls } = await plugin(script, { args: ["get-token"], provideClusterInfo: true });
  await Promise.all([client.version(GO), client.version(GO), client.version(GO)]);
  await client.version(GO);
  const authority = Buffer.from(server.certificates.ca).toString("base64");
  const [call = "", ...others] = await calls();
  expect(others).toEqual([]);
  expect(call).toMatch(/^get-token /);
  expect(JSON.parse(call.slice("get-token ".length))).toMatchObject({
    apiVersion: VERSION,
    kind: "ExecCredential",
    spec: { interactive: false, cluster: { server: server.url, "certificate-authority-data": authority } },
  });
});

test("it is asked again when what it gave ends, and when it is refused", async () => {
  const { server } = kubernetes;
  const ending = await plugin(
    `echo asked >> "$NOTES"\n${credential(`"token":"${server.token}","expirationTimestamp":"2020-01-01T00:00:00Z"`)}`,
  );
  await ending.client.version(GO);
  await ending.client.version(GO);
  expect(await ending.calls()).toHaveLength(2);

  server.cluster.access.addToken("token-1", { name: "ci" });
  const script = `echo asked >> "$NOTES"\nN=$(wc -l < "$NOTES" | tr -d ' ')\n${credential('"token":"token-$N"')}`;
  const rotating = await plugin(script);
  await rotating.client.version(GO);
  server.cluster.access.expireToken("token-1");
  server.cluster.access.addToken("token-2", { name: "ci" });
  expect(await rotating.client.version(GO)).toBe("v1.32.2");
  expect(await rotating.calls()).toHaveLength(2);
  server.cluster.access.expireToken("token-2");
  expect((await failureOf(rotating.client.version(GO))).code).toBe("unauthorized");
});

test("it may give a certificate instead of a token", async () => {
  const { server } = kubernetes;
  const { "client-certificate": certificate, "client-key": key } = server.adminCertificate;
  const [cert, pem] = await Promise.all([readFile(certificate, "utf8"), readFile(key, "utf8")]);
  const pair = `"clientCertificateData":${JSON.stringify(cert)},"clientKeyData":${JSON.stringify(pem)}`;
  const { client } = await plugin(credential(pair).replace("<<END", "<<'END'"));
  expect(await client.version(GO)).toBe("v1.32.2");
  const half = await plugin(credential(`"clientCertificateData":${JSON.stringify(cert)}`).replace("<<END", "<<'END'"));
  expect((await failureOf(half.client.version(GO))).message).toContain("a certificate without its key");
});

test("what it complains of is shown, and what it gives is not", async () => {
  const script = `printf '\\033[31mSSO session expired: run "cloud login"\\033[0m\\n' >&2\necho '{"token":"very-secret"}'\nexit 3`;
  const { client } = await plugin(script);
  const { code, message } = await failureOf(client.version(GO));
  expect(code).toBe("unauthorized");
  expect(message).toContain('failed with exit code 3: SSO session expired: run "cloud login"');
  expect(message).not.toContain("very-secret");
  const odd = await plugin(`echo '{"token":"very-secret"}'`);
  const answer = await failureOf(odd.client.version(GO));
  expect(answer.message).toContain("is no ExecCredential; run it by hand");
  expect(answer.message).not.toContain("very-secret");
});

test("one that is not installed is named, with the advice of the kubeconfig", async () => {
  const { client } = await plugin("true", { command: "no-such-plugin", installHint: "Install it from the portal." });
  const { code, message } = await failureOf(client.version(GO));
  expect(code).toBe("unauthorized");
  expect(message).toMatch(/"no-such-plugin" of ".*" cannot be run: .*; Install it from the portal\./);
});

test("one that wants a person, or speaks what nobody speaks, is refused before it runs", async () => {
  const person = await plugin('echo ran >> "$NOTES"', { interactiveMode: "Always" });
  expect((await failureOf(person.client.version(GO))).message).toContain("asks a person, and there is none here");
  const old = await plugin('echo ran >> "$NOTES"', { apiVersion: "client.authentication.k8s.io/v1alpha1" });
  expect((await failureOf(old.client.version(GO))).message).toContain('have it configured with "client.authentication');
  expect([...(await person.calls()), ...(await old.calls())]).toEqual([]);
  const other = await plugin(credential('"token":"t"', "client.authentication.k8s.io/v1beta1"));
  expect((await failureOf(other.client.version(GO))).message).toMatch(
    /answered in ".*v1beta1" and was asked in ".*v1"/,
  );
});

test("a beta plugin is still understood", async () => {
  const version = "client.authentication.k8s.io/v1beta1";
  const { client } = await plugin(credential(`"token":"${kubernetes.server.token}"`, version), { apiVersion: version });
  expect(await client.version(GO)).toBe("v1.32.2");
});
