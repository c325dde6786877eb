import { type Plain, readOwnValue } from "../config/own-value.ts";
import { fromSpaceCloudProject, toSpaceCloudProject } from "../config/space-cloud-project.ts";
import type { Configuration } from "./configuration.ts";

const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;

/** The projects of the configuration as those of 2019, without their secrets. */
export class SpaceCloudProjects {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  has(id: unknown): boolean {
    return this.#configuration.inForce.projects.some((project) => project.id === id);
  }

  async list(isSeen: (project: Plain) => boolean): Promise<Plain[]> {
    const written = await this.#written();
    return Promise.all(written.filter(isSeen).map((project) => this.#shown(project)));
  }

  /** Changes the project of this id to what a project object says, or adds it. @throws ConfigError, MeshError */
  async save(project: Plain, by: string): Promise<void> {
    const { text, etag, file } = await this.#configuration.written();
    const existing = readOwnValue(text, file).projects.find(({ id }) => id === project["id"]);
    const { id, change } = fromSpaceCloudProject(project, existing);
    const shown = existing === undefined ? undefined : await this.#shown(existing);
    const { secret, ...rest } = change;
    const isSame = secret === undefined || secret === shown?.["secret"];
    await this.#configuration.changeProject(id, isSame ? rest : { ...rest, secret }, { etag, by });
  }

  /** As the file has them; where there is none, as they are in force. */
  async #written(): Promise<readonly Plain[]> {
    if (this.#configuration.canSave) {
      const { text, file } = await this.#configuration.written();
      return readOwnValue(text, file).projects;
    }
    return this.#configuration.inForce.projects.map((project) => ({ ...project }));
  }

  async #shown(project: Plain): Promise<Plain> {
    const shown = toSpaceCloudProject(project);
    const { secret } = shown;
    const isKept =
      typeof secret === "string" && secret !== "" && !(this.#configuration.canSave && VARIABLE.test(secret));
    return isKept ? { ...shown, secret: await this.#configuration.markerOf(secret) } : shown;
  }
}
