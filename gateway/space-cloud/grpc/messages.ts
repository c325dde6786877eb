/** The messages of space-cloud.proto, as they arrive: what was not sent is empty, or 0. JSON is bytes of its text. */
export interface FunctionsRequest {
  readonly params: Uint8Array;
  readonly timeout: number;
  readonly service: string;
  readonly function: string;
  readonly token: string;
  readonly project: string;
}

/** How a call ended. */
export interface FunctionsResponse {
  readonly status: number;
  readonly error: string;
  readonly result: Uint8Array;
}

/** What travels between a worker and the gateway, both ways. */
export interface FunctionsPayload {
  readonly auth: Uint8Array;
  readonly params: Uint8Array;
  readonly service: string;
  readonly function: string;
  readonly type: string;
  readonly id: string;
  readonly error: string;
  readonly project: string;
  readonly token: string;
}
