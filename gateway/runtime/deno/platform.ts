/** The least of Deno that the gateway needs. */
export interface DenoPlatform {
  readonly args: readonly string[];
  readonly env: { get(name: string): string | undefined };
  readonly permissions: {
    querySync(about: { readonly name: "env"; readonly variable: string }): { readonly state: string };
  };
  serve(options: DenoServeOptions, handler: (request: Request) => Response | Promise<Response>): DenoServer;
  addSignalListener(signal: "SIGINT" | "SIGTERM", listener: () => void): void;
  exit(code?: number): never;
}

export interface DenoServeOptions {
  readonly hostname: string;
  readonly port: number;
  /** Stops at once, whatever is under way. */
  readonly signal: AbortSignal;
  /** Without one Deno writes a line of its own. */
  readonly onListen: () => void;
}

export interface DenoServer {
  readonly addr: { readonly hostname: string; readonly port: number };
  readonly finished: Promise<void>;
  /** Takes no new connections; resolves when what is under way has ended. */
  shutdown(): Promise<void>;
}
