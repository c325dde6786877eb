import type { ErrorCode } from "../mesh/errors.ts";
import type { FunctionAddress } from "../mesh/names.ts";

/** One answered HTTP request. */
export interface RequestMeasurement {
  /** The route's pattern, never the path itself: its values would be without bound. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** `undefined` unless the caller was let in and the function is known: strangers must not invent label values. */
  readonly address: FunctionAddress | undefined;
  readonly code: ErrorCode | "ok";
}

/** Where the gateway counts what it does. */
export interface GatewayMetrics {
  observe(measurement: RequestMeasurement): void;
  /** Everything counted so far, in the exposition format `contentType` names. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}
