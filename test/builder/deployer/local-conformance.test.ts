import { deployerConformance } from "./conformance.ts";
import { InstancesInProcess } from "./instances-in-process.ts";
import { openLocalHome } from "./local-home.ts";

const RUNS = imageOf("a");
const BROKEN = imageOf("b");

deployerConformance("a machine without processes", async () => {
  const instances = new InstancesInProcess();
  instances.behaviours.set(BROKEN.digest, { reason: "exited", code: 3, lastLines: ["cannot find it"] });
  const home = await openLocalHome({ instances: () => instances });
  return {
    ...{ deployer: home.deployer, image: RUNS, broken: { image: BROKEN, code: "start_failed" } },
    call: async (name) => {
      const { onDemand } = home.deployer;
      if (onDemand.kind === "wake") await onDemand.wake(name, { signal: AbortSignal.timeout(5_000) });
      return home.ask(name);
    },
    close: () => home.close(),
  };
});

function imageOf(letter: string) {
  const digest = `sha256:${letter.repeat(64)}`;
  return { reference: `registry.example.com/shop/greet@${digest}`, repository: "shop/greet", digest };
}
