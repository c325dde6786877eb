/** Where the user and password of a registry come from. Adapters: `credentials/docker-config.ts`; `ecr.ts` has its own. */
export interface CredentialSource {
  /** `undefined`: go in as anybody. Asked whenever the registry wants to know; keeps what is costly by itself. */
  credentials(request: CredentialRequest): Promise<Credentials | undefined>;
}

export interface CredentialRequest {
  /** The registry, with its port: `registry.example.com:5000`. */
  readonly host: string;
  /** What was given last was refused: it may have become too old. */
  readonly isRefused: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type Credentials =
  | {
      readonly kind: "basic";
      readonly user: string;
      readonly password: string;
      /** When others are to be asked for, in milliseconds since 1970. Default: when these are refused. */
      readonly staleMs?: number;
    }
  /** For which the registry's token server gives tokens (OAuth 2 refresh token). */
  | { readonly kind: "identity"; readonly token: string }
  /** A token for the registry itself. */
  | { readonly kind: "bearer"; readonly token: string };

/** Everybody. */
export const anonymous: CredentialSource = { credentials: async () => undefined };

/** The same for whoever asks. */
export function fixedCredentials(credentials: Credentials): CredentialSource {
  return { credentials: async () => credentials };
}
