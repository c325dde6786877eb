import { connect, createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { findAccess } from "../../../../builder/deployer/knative/client/find-access.ts";
import { useKubernetes } from "../../../support/kubernetes.ts";
import { GO, openedClient } from "./opened-client.ts";

const kubernetes = useKubernetes();

test("a cluster behind a proxy is reached through it, and verified all the same", async () => {
  const { server } = kubernetes;
  const tunnels: string[] = [];
  const proxy = createServer((outer) => {
    outer.once("data", (head) => {
      const [, host = "", port = ""] = /^CONNECT ([^:]+):(\d+) /.exec(head.toString()) ?? [];
      tunnels.push(`${host}:${port}`);
      const inner = connect(Number(port), host, () => {
        outer.write("HTTP/1.1 200 Connection established\r\n\r\n");
        outer.pipe(inner).pipe(outer);
      });
      inner.on("error", () => outer.destroy());
    });
    outer.on("error", () => undefined);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  proxy.listen(0, "127.0.0.1", resolve);
  await promise;
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const ca = Buffer.from(server.certificates.ca).toString("base64");
  const kubeconfig = await server.kubeconfig(server.adminCertificate, {
    cluster: { "certificate-authority-data": ca, "proxy-url": url },
  });
  const client = await openedClient(server, { access: await findAccess({ kubeconfig, env: {} }) });
  expect(await client.version(GO)).toBe("v1.32.2");
  expect(tunnels).toEqual([new URL(server.url).host]);
  proxy.close();
});
