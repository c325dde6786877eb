import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DistributionRegistry } from "../../../builder/registry/distribution.ts";
import { EcrRegistry } from "../../../builder/registry/ecr.ts";
import { LayoutRegistry } from "../../../builder/registry/layout.ts";
import { openRegistry } from "../../../builder/registry/open-registry.ts";
import { useDockerRegistry } from "../../support/docker-registry.ts";
import { imageOf, publish } from "./images.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fmesh-open-registry-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ["oci-layout:/var/lib/images", LayoutRegistry, "oci-layout:/var/lib/images"],
  ["oci-layout:/var/lib/images/", LayoutRegistry, "oci-layout:/var/lib/images"],
  ["registry.example.com", DistributionRegistry, "registry.example.com"],
  ["registry.example.com/functions", DistributionRegistry, "registry.example.com/functions"],
  [
    "https://registry.example.com:5000/team/functions/",
    DistributionRegistry,
    "registry.example.com:5000/team/functions",
  ],
  ["http://127.0.0.1:5000/functions", DistributionRegistry, "127.0.0.1:5000/functions"],
  ["localhost:5000", DistributionRegistry, "localhost:5000"],
  [
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com/functions",
    EcrRegistry,
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com/functions",
  ],
  ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", EcrRegistry, "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"],
] as const)("%s is opened as what it is", async (address, kind, name) => {
  const registry = await openRegistry(address);
  expect(registry).toBeInstanceOf(kind);
  expect(registry.name).toBe(name);
  await registry.close();
});

test.each([
  ["oci-layout:images", /has to name a folder by its whole path/],
  ["https://user:password@registry.example.com", /without user and password/],
  ["ftp://registry.example.com", /the address of a registry is like/],
  ["http://registry.example.com", /http: is for this machine/],
  ["registry.example.com/Functions", /is not the name of a repository/],
  ["", /the address of a registry is like/],
] as const)("%s is refused, and told why", async (address, why) => {
  await expect(openRegistry(address)).rejects.toThrow(why);
});

const docker = useDockerRegistry({ auth: "htpasswd" });

test("who is logged in with docker login may publish", async () => {
  const { host, user, password } = docker.server;
  const dockerConfigFile = join(folder, "config.json");
  await writeFile(dockerConfigFile, JSON.stringify({ auths: { [host]: { auth: btoa(`${user}:${password}`) } } }));
  const registry = await openRegistry(`${host}/functions`, { dockerConfigFile });
  const image = imageOf("logged in");
  await publish(registry, "shop/adder", image, { tag: "v1" });
  expect(registry.reference("shop/adder", image.descriptor.digest)).toBe(
    `${host}/functions/shop/adder@${image.descriptor.digest}`,
  );
});
