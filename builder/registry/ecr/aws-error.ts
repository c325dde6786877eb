import { RegistryError, type RegistryErrorCode } from "../registry-error.ts";

/** An error of the AWS SDK in words that say what to do; `action` is the permission, `ecr:CreateRepository`. */
export function explainAwsError(error: unknown, action: string): unknown {
  if (!(error instanceof Error) || error instanceof RegistryError) return error;
  const { name } = error;
  const [code, advice] = ADVICE[name] ?? (isPassing(error) ? UNAVAILABLE : REFUSED);
  return new RegistryError(code, `AWS does not do "${action}" (${name}: ${error.message}); ${advice}`, {
    cause: error,
  });
}

const UNAVAILABLE: readonly [RegistryErrorCode, string] = ["unavailable", "try again later"];
const REFUSED: readonly [RegistryErrorCode, string] = ["refused", "look into the settings of the registry"];
const LOGIN: readonly [RegistryErrorCode, string] = ["unauthenticated", "correct or renew the AWS credentials"];

const ADVICE: Readonly<Record<string, readonly [RegistryErrorCode, string]>> = {
  AccessDeniedException: ["forbidden", "allow it to this user or role (IAM)"],
  CredentialsProviderError: ["unauthenticated", "give AWS credentials, by AWS_PROFILE or the role of this machine"],
  ExpiredTokenException: LOGIN,
  IncompleteSignatureException: LOGIN,
  InvalidSignatureException: LOGIN,
  MissingAuthenticationTokenException: LOGIN,
  UnrecognizedClientException: LOGIN,
  LimitExceededException: ["full", "ask AWS for a larger quota"],
  ThrottlingException: ["rate_limited", "try again later"],
  TimeoutError: UNAVAILABLE,
};

function isPassing(error: Error): boolean {
  // Without an answer there is no fault of the caller's either.
  return ("$fault" in error && error.$fault === "server") || !("$metadata" in error) || "code" in error;
}
