/** Where every copy of OpenTelemetry's API looks for what has been registered; its member `trace` is the provider. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

// The next service of the same process must not take what was registered here for the user's own.
const ours = new WeakSet<object>();

/** Says that the provider which has just been registered is the mesh's. */
export function claimRegistered(): void {
  const provider = registeredProvider();
  if (provider !== undefined) ours.add(provider);
}

/** Whether the user's code has registered a provider. Asking does not load OpenTelemetry. */
export function hasUserProvider(): boolean {
  const provider = registeredProvider();
  return provider !== undefined && !ours.has(provider);
}

function registeredProvider(): object | undefined {
  return (globalThis as { [REGISTRY]?: { readonly trace?: object } })[REGISTRY]?.trace;
}
