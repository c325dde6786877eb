/** A call on its way to a worker of 2019. */
export interface WorkerRequest {
  /** Unique among the calls of this gateway. */
  readonly id: string;
  readonly service: string;
  readonly func: string;
  /** JSON text, `null` where there are none. */
  readonly params: string;
  /** JSON text of the caller's claims, `{}` where the rule asked for no token. */
  readonly auth: string;
}

/** What a worker of 2019 says of a call. */
export interface WorkerAnswer {
  /** The request's. */
  readonly id: string;
  /** JSON text of the result, which the line has checked to be that; without it the function returned nothing. */
  readonly params?: string | undefined;
  /** What went wrong; empty or missing when nothing did. */
  readonly error?: string | undefined;
}

/** A worker's connection, whatever carries it: a websocket or a gRPC stream. */
export interface WorkerLine {
  /** Hands over a call; `false` when the line is full or gone. */
  ask(request: WorkerRequest): boolean;
}

/** What a worker's connection has in the mesh. */
export interface JoinedLine {
  /**
   * Has the service's calls come to this line too; a second time changes nothing. While the broker is away they come as soon as
   * it is back.
   * @throws MeshError `invalid_request`, `unauthenticated`, `forbidden`, `cancelled` (the line has left, or the gateway closes).
   */
  register(wanted: {
    /** Default: the only project there is. */
    readonly project: string | undefined;
    readonly service: string;
    readonly token: string | undefined;
  }): Promise<void>;
  /** Settles a call of this line; one that is unknown or settled is ignored. */
  answer(answer: WorkerAnswer): void;
  /** The line is gone: its services leave the mesh, and its calls fail at once. May be called twice. */
  leave(): void;
}

/** Serves functions of workers that connect to the gateway, as Space Cloud's of 2019 do. */
export interface WorkerHub {
  join(line: WorkerLine): JoinedLine;
}
