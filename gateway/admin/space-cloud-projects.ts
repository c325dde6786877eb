import { MeshError } from "../../mesh/errors.ts";
import { type Plain, readOwnValue } from "../config/own-value.ts";
import { fromSpaceCloudProject, readSpaceCloudProject, toSpaceCloudProject } from "../config/space-cloud-project.ts";
import type { Administrator } from "./administrator.ts";
import type { Configuration } from "./configuration.ts";
import { mustSee, mustSeeAll } from "./request.ts";

const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
/** `$NAME`, but not `$$`, and the marks of what is hidden: both stand for a secret that is somewhere else. */
const STANDS_FOR_ANOTHER = /^(?:\$(?!\$)|‹kept:)/;

/** The projects of the configuration as those of 2019, without their secrets. */
export class SpaceCloudProjects {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  async list(isSeen: (project: Plain) => boolean): Promise<Plain[]> {
    const written = await this.#written();
    return Promise.all(written.filter(isSeen).map((project) => this.#shown(project)));
  }

  /** Changes a project to what a project object says, or adds it. @throws ConfigError, MeshError */
  async save(project: Plain, by: Administrator): Promise<void> {
    const { id } = readSpaceCloudProject(project);
    // One that is new is nobody's yet: only those may add it who may see them all.
    if (this.#configuration.inForce.projects.some((each) => each.id === id)) mustSee(by, id);
    else mustSeeAll(by);
    const { text, etag, file } = await this.#configuration.written();
    const existing = readOwnValue(text, file).projects.find((each) => each["id"] === id);
    const { change } = fromSpaceCloudProject(project, existing);
    const shown = existing === undefined ? undefined : await this.#shown(existing);
    const { secret, ...rest } = change;
    const isSame = secret === undefined || secret === shown?.["secret"];
    if (!isSame) mustOwnSecret(by, secret);
    await this.#configuration.changeProject(id, isSame ? rest : { ...rest, secret }, { etag, by: by.user });
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

/** Whoever may see some projects only must not have their tokens signed with what signs those of others. @throws MeshError */
function mustOwnSecret({ user, projects }: Administrator, secret: string): void {
  if (projects === undefined || !STANDS_FOR_ANOTHER.test(secret)) return;
  const message = `${JSON.stringify(user)} may see some projects only, and the secret stands for one that is elsewhere; write it out`;
  throw new MeshError("forbidden", message);
}
