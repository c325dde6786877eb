import type { Deployment } from "../../../../mesh/deployment.ts";
import { PODS } from "../../../support/kubernetes/resources.ts";
import { startKubernetes } from "../../../support/kubernetes.ts";
import { deployerConformance } from "../conformance.ts";
import { deployerFor } from "./knative-home.ts";

const image = imageOf("a");
const broken = imageOf("b");

deployerConformance("Knative", async () => {
  const server = await startKubernetes({ stepMs: 10, secondMs: 20 });
  const { images, logs, store } = server.cluster;
  store.listen(({ type, resource, object }) => {
    if (type === "ADDED" && resource === PODS)
      logs.write(object.metadata, `version ${object.metadata.labels?.["app.kubernetes.io/version"]} loads`);
  });
  images.set(broken.reference, { start: { exitCode: 1, message: "no such module" } });
  const deployer = await deployerFor(server);
  return {
    deployer,
    image,
    broken: { image: broken, code: "crash_loop" },
    call: undefined,
    async close() {
      await deployer.close();
      await server.close();
    },
  };
});

function imageOf(letter: string): Deployment["image"] {
  const digest = `sha256:${letter.repeat(64)}`;
  return { reference: `registry.example.com/fn/shop/greet@${digest}`, repository: "shop/greet", digest };
}
