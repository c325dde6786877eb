const HOST = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/** The region of an ECR registry, by its host; `undefined` for any other registry. */
export function ecrRegion(host: string): string | undefined {
  return HOST.exec(host)?.[1];
}
