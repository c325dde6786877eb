/** What becomes of an image in the cluster. */
export interface ImageFacts {
  /** Default: it is there for everybody. `denied` without `pullSecret` is for nobody. */
  readonly pull?: "fine" | "missing" | "denied" | "untrusted";
  /** The pull secret that lets it be pulled when `denied`. */
  readonly pullSecret?: string;
  /** Default: it takes calls at once. */
  readonly start?:
    "fine" | "never" | { readonly exitCode: number; readonly message?: string; readonly reason?: string };
  /** What its pods do: where they listen, until they are ended. Default: the ingress says hello in the revision's name. */
  readonly run?: (pod: PodFacts) => Promise<RunningPod>;
}

/** What a pod is given. */
export interface PodFacts {
  readonly name: string;
  readonly namespace: string;
  readonly revision: string;
  /** The container of the function, as the revision has it. */
  readonly container: Readonly<Record<string, unknown>>;
  /** Its variables, those of Knative included. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningPod {
  /** Where it takes HTTP. */
  readonly url: string;
  close(): Promise<void>;
}

/** The registries that the cluster pulls from. */
export class Images {
  readonly #facts = new Map<string, ImageFacts>();

  /** Says what becomes of an image, by the reference that pods name it with; also later, when it is there at last. */
  set(reference: string, facts: ImageFacts): void {
    this.#facts.set(reference, facts);
  }

  get(reference: string): ImageFacts {
    return this.#facts.get(reference) ?? {};
  }

  /** Why an image cannot be pulled, if so. */
  failureOf(reference: string, pullSecrets: readonly string[]): string | undefined {
    const { pull = "fine", pullSecret } = this.get(reference);
    if (pull === "fine" || (pull === "denied" && pullSecret !== undefined && pullSecrets.includes(pullSecret))) {
      return undefined;
    }
    const what = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}"`;
    const [host = ""] = reference.split("/");
    const reasons = {
      missing: `${reference}: not found`,
      denied:
        "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials",
      untrusted: `Head "https://${host}/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    };
    return `${what}: ${reasons[pull]}`;
  }
}
