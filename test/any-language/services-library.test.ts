import { connect } from "@nats-io/transport-node";
import { Svcm } from "@nats-io/services";
import { describe, expect, onTestFinished, test } from "vitest";
import { callNative, meshForSuite } from "../gateway/calling.ts";
import { PROJECT, shopConfig } from "../support/mesh.ts";
import { brokersUnderTest } from "../support/nats.ts";

describe.each(brokersUnderTest())("an official services library, without the SDK, over %s", (kind) => {
  const mesh = meshForSuite({ kind, config: shopConfig({ greeter: { greet: "authenticated" } }) });

  test("its endpoints are functions, and its errors those of the function", async () => {
    const connection = await connect({ servers: mesh().natsUrl });
    onTestFinished(() => connection.close());
    // The package types its connection by its own copy of nats-core, which is another version of ours.
    const services = new Svcm(connection as unknown as ConstructorParameters<typeof Svcm>[0]);
    const service = await services.add({ name: "greeter", version: "1.0.0", metadata: { project: PROJECT } });
    service.addEndpoint("greet", {
      subject: `fn.${PROJECT}.greeter.greet`,
      handler(error, call) {
        if (error !== null) throw error;
        const { name } = call.json<{ name?: string }>();
        const claims = JSON.parse(call.headers?.get("Fmesh-Claims") ?? "{}") as { id?: string };
        if (name === undefined) call.respondError(422, "whom shall I greet?");
        else call.respond(JSON.stringify({ greeting: `Hello, ${name}`, for: claims.id }));
      },
    });
    await connection.flush();

    const token = await mesh().token();
    const greet = async (params: unknown): Promise<unknown> => {
      const response = await callNative(mesh(), "greeter/greet", { body: JSON.stringify(params), token });
      return { status: response.status, ...((await response.json()) as object) };
    };
    expect(await greet({ name: "Ada" })).toEqual({ status: 200, greeting: "Hello, Ada", for: "u1" });
    expect(await greet({})).toMatchObject({ status: 422, code: "function_failed", detail: "whom shall I greet?" });
  });
});
