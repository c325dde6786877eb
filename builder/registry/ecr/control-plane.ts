import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  RepositoryAlreadyExistsException,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import type { Closable } from "../../../mesh/lifecycle.ts";
import type { Credentials, CredentialSource } from "../credentials.ts";
import { RegistryError } from "../registry-error.ts";
import { explainAwsError } from "./aws-error.ts";

export interface ControlPlaneOptions {
  readonly region: string;
  /** Another address than AWS's own. */
  readonly endpoint?: string | undefined;
  /** Default: what the SDK finds, such as a profile, or the role of a pod or a machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Another token is asked for when so much of the twelve hours is over. */
const USABLE_PART = 0.9;

/** What manifests are attached by is written again and again: fallback tags, and those of cosign. */
const CHANGING_TAGS = "sha256-*";

/** What ECR is told by the API of AWS: who may go in, and which repositories there are. */
export class ControlPlane implements CredentialSource, Closable {
  readonly #client: ECRClient;
  readonly #existing = new Map<string, Promise<void>>();

  constructor({ region, endpoint, credentials }: ControlPlaneOptions) {
    this.#client = new ECRClient({
      region,
      ...(endpoint !== undefined && { endpoint }),
      ...(credentials !== undefined && { credentials }),
    });
  }

  /** A new token for each time that it is asked. */
  async credentials(): Promise<Credentials> {
    const begin = Date.now();
    const { authorizationData } = await this.#do("ecr:GetAuthorizationToken", () =>
      this.#client.send(new GetAuthorizationTokenCommand({})),
    );
    const { authorizationToken, expiresAt } = authorizationData?.[0] ?? {};
    const [user, password] = decode(authorizationToken ?? "");
    if (user === undefined || password === undefined) {
      throw new RegistryError("refused", "AWS answers without a token for ECR; look into the settings of the registry");
    }
    const lifetimeMs = (expiresAt?.getTime() ?? begin) - begin;
    return { kind: "basic", user, password, staleMs: begin + lifetimeMs * USABLE_PART };
  }

  /** Makes a repository that is not there yet: ECR takes nothing for one that is not. */
  async ensureRepository(name: string): Promise<void> {
    const known = this.#existing.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#existing.set(name, made);
    try {
      await made;
    } catch (error) {
      this.#existing.delete(name);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #make(name: string): Promise<void> {
    if (await this.#isThere(name)) return;
    const command = new CreateRepositoryCommand({
      repositoryName: name,
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: CHANGING_TAGS }],
      imageScanningConfiguration: { scanOnPush: true },
    });
    await this.#do("ecr:CreateRepository", async () => {
      try {
        await this.#client.send(command);
      } catch (error) {
        // Somebody else made it in the meantime.
        if (!(error instanceof RepositoryAlreadyExistsException)) throw error;
      }
    });
  }

  #isThere(name: string): Promise<boolean> {
    return this.#do("ecr:DescribeRepositories", async () => {
      try {
        await this.#client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }));
        return true;
      } catch (error) {
        if (error instanceof RepositoryNotFoundException) return false;
        throw error;
      }
    });
  }

  async #do<T>(action: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainAwsError(error, action);
    }
  }
}

function decode(token: string): readonly (string | undefined)[] {
  const text = atob(token);
  const colon = text.indexOf(":");
  return colon < 1 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
