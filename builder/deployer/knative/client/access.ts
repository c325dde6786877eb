/** Where a cluster is, and how it is shown who asks. */
export interface KubeAccess {
  /** With the path that comes before all others, if there is one. */
  readonly server: URL;
  /** The namespace of the context; `default` when it names none. */
  readonly namespace: string;
  /** Where all this comes from, for errors: `context "prod" of "/home/me/.kube/config"`. */
  readonly origin: string;
  /** The proxy that the cluster is reached through. */
  readonly proxy?: string | undefined;
  /** What a person should know of it, such as that nothing is verified. */
  readonly warnings: readonly string[];
  /**
   * What one request is sent with. It is asked anew for each of them: files and tokens rotate.
   * @throws DeployError `unauthorized` saying what cannot be had.
   */
  proof(call: { readonly signal: AbortSignal }): Promise<Proof>;
  /** To be told when the cluster did not take the proof (401). Returns whether a new one may be better. */
  refused(proof: Proof): boolean;
}

/** Shows who asks, and says whom to trust. Hold on to one for as long as nothing changes: connections are kept by it. */
export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
}

/** As `fetch` of Bun takes it; all of it is PEM. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly rejectUnauthorized?: boolean;
}
