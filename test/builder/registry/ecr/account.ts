import { randomBytes } from "node:crypto";
import { serveRegistry, type EcrTraits } from "./front.ts";
import { isSigned, type Key } from "./signature.ts";

/** An account with ECR in it: the API of AWS by itself, and the registry in front of a real one. */
export interface EcrAccount {
  readonly endpoint: string;
  readonly origin: string;
  readonly key: Key;
  /** What was asked of the API, in order: `CreateRepository shop/adder`. */
  readonly calls: readonly string[];
  readonly traits: EcrTraits;
  /** The settings that a repository was made with. */
  settings(repository: string): unknown;
  /** The next such call is answered with an error. */
  fail(operation: string, type: string): void;
  /** No token that was given is good any more. */
  forgetTokens(): void;
  /** Of tokens that are given from now on. */
  lifetimeMs: number;
  close(): Promise<void>;
}

interface Input {
  readonly repositoryName?: string;
  readonly repositoryNames?: readonly string[];
}

const TARGET = "AmazonEC2ContainerRegistry_V20150921.";

export function startEcrAccount(registryUrl: string): EcrAccount {
  const key: Key = { accessKeyId: "AKIATESTS", secretAccessKey: randomBytes(20).toString("hex") };
  const calls: string[] = [];
  const repositories = new Map<string, unknown>();
  const tokens = new Set<string>();
  const failures = new Map<string, string>();
  const traits: EcrTraits = { mounts: false, refusesSubjects: false };

  const operations: Record<string, (input: Input) => Response> = {
    GetAuthorizationToken() {
      const password = randomBytes(16).toString("hex");
      tokens.add(password);
      const expiresAt = (Date.now() + account.lifetimeMs) / 1000;
      return Response.json({ authorizationData: [{ authorizationToken: btoa(`AWS:${password}`), expiresAt }] });
    },
    DescribeRepositories({ repositoryNames }) {
      const [name] = repositoryNames ?? [];
      const isThere = name !== undefined && repositories.has(name);
      return isThere ? Response.json({ repositories: [{}] }) : failure("RepositoryNotFoundException");
    },
    CreateRepository(input) {
      const { repositoryName: name = "" } = input;
      if (repositories.has(name)) return failure("RepositoryAlreadyExistsException");
      repositories.set(name, input);
      return Response.json({ repository: { repositoryName: name } });
    },
  };

  const api = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = await request.bytes();
      if (!(await isSigned(request, body, key, "ecr"))) return failure("InvalidSignatureException");
      const operation = request.headers.get("x-amz-target")?.replace(TARGET, "") ?? "";
      const input = JSON.parse(new TextDecoder().decode(body)) as Input;
      const name = input.repositoryNames?.[0] ?? input.repositoryName;
      calls.push(name === undefined ? operation : `${operation} ${name}`);
      const type = failures.get(operation);
      failures.delete(operation);
      return type === undefined
        ? (operations[operation]?.(input) ?? failure("UnknownOperationException"))
        : failure(type);
    },
  });
  const front = serveRegistry({ registryUrl, tokens, repositories, traits });

  const account: EcrAccount = {
    endpoint: `http://127.0.0.1:${api.port}`,
    origin: front.url,
    key,
    calls,
    traits,
    settings: (repository) => repositories.get(repository),
    fail: (operation, type) => void failures.set(operation, type),
    forgetTokens: () => tokens.clear(),
    lifetimeMs: 12 * 60 * 60 * 1000,
    async close() {
      await Promise.all([api.stop(true), front.close()]);
    },
  };
  return account;
}

function failure(type: string): Response {
  return Response.json({ __type: type, message: `${type} of the tests` }, { status: 400 });
}
