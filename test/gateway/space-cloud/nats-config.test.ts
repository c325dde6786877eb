import { expect, test } from "vitest";
import { parseConfig } from "../../../gateway/config.ts";

const withProjects = (...ids: readonly string[]): (() => unknown) => {
  const projects = ids.map((id) => `- id: ${id}\n`).join("");
  const text = `projects:\n${projects}gateway:\n  spaceCloud:\n    natsWorkers: true\n`;
  return () => parseConfig(text, { filename: "fmesh.yaml", env: {} });
};

test("workers on the broker go with a single project, because they name none", () => {
  expect(withProjects("shop")).not.toThrow();
  expect(withProjects("shop", "bakery")).toThrow(
    /fmesh\.yaml:6:.*gateway\.spaceCloud: "natsWorkers" needs a single project/,
  );
});
