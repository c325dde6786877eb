import { fieldsOf, type KubeObject, listOf } from "../objects.ts";

const AT = "spec.template.spec.containers";

/** What a cluster of the baseline kind advises about the containers of a service, in the words of Knative's webhook. */
export function warningsFor(service: KubeObject): string[] {
  const advice = "This may be required in the future";
  return listOf(fieldsOf(service.spec, "template", "spec")["containers"]).flatMap((container, index) => {
    const context = fieldsOf(container, "securityContext");
    const capabilities = fieldsOf(context, "capabilities");
    const at = `${AT}[${index}].securityContext`;
    return [
      context["allowPrivilegeEscalation"] === undefined && `${at}.allowPrivilegeEscalation is unset. ${advice}`,
      capabilities["drop"] === undefined && `${at}.capabilities is unset. ${advice}`,
      context["runAsNonRoot"] === undefined && `${at}.runAsNonRoot is unset. ${advice}`,
      context["seccompProfile"] === undefined && `${at}.seccompProfile is unset. ${advice}`,
    ].filter((warning) => warning !== false);
  });
}
