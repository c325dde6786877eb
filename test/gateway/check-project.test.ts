import { expect, test } from "vitest";
import { checkProject } from "../../gateway/check-project.ts";
import { testConfig } from "../support/mesh.ts";

test("rules of functions, of subjects and of who may serve are read alike", () => {
  const hopeless = { rule: "query", db: "nowhere", col: "rooms", find: { id: 1 } };
  const project = {
    id: "shop",
    services: { stock: { functions: { take: { rule: hopeless } } } },
    registration: hopeless,
    pubsub: {
      rules: [
        { subject: "/news", publish: "allow" },
        { subject: "/chat", publish: hopeless, subscribe: hopeless },
      ],
    },
  };
  const [read] = testConfig({ projects: [project] }).projects;
  const found = read && checkProject(read, { databases: [], allowHosts: [] });
  expect(found?.map(({ path, severity }) => [path, severity])).toEqual([
    ["services.stock.functions.take.rule", "error"],
    ["registration", "error"],
    ["pubsub.rules[1].publish", "error"],
    ["pubsub.rules[1].subscribe", "error"],
  ]);
});
