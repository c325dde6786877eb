import { expect, test } from "vitest";
import { type Administered, CONFIG, administered } from "./administered.ts";

const PROJECTS = "/v1/api/config/projects";
const OPEN = { cart: { functions: { add: { rule: { rule: "allow" } } } } };
const MODULES = { functions: { enabled: true, services: OPEN } };
const OTHERS = { id: "other", services: OPEN };

/** What somebody who may change the project "shop" alone is answered. */
async function sendAsJoan(gateway: Administered, body: unknown): Promise<number> {
  return (await gateway.ask("POST", PROJECTS, { token: await gateway.login("joan"), body })).status;
}

test.each([
  ["a list of projects beside the id", { id: "shop", projects: [OTHERS] }],
  ["a list beside what is of 2019", { id: "shop", modules: {}, projects: [OTHERS] }],
  ["a list whose projects are of 2019", { id: "shop", projects: [{ id: "other", modules: MODULES }] }],
  ["a list of none", { id: "shop", modules: {}, projects: [] }],
  ["an id that is merged in", { modules: MODULES, "<<": { id: "other" } }],
  ["an id that is none", { id: ["shop"], modules: MODULES }],
])("an administrator of one project changes no other by %s", async (_how, body) => {
  const gateway = await administered();
  expect([400, 403]).toContain(await sendAsJoan(gateway, body));
  expect(gateway.text()).toBe(CONFIG);
});

test("nor does anybody send a list, whose first would be saved and the others not", async () => {
  const gateway = await administered();
  const token = await gateway.login("ada");
  const refused = await gateway.ask("POST", PROJECTS, { token, body: { id: "shop", modules: {}, projects: [OTHERS] } });
  expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('"projects"') as string } });
  expect(gateway.text()).toBe(CONFIG);
});

test("their own project they change, its secret too", async () => {
  const gateway = await administered();
  const secret = "$$written out, and thirty-two bytes long";
  expect(await sendAsJoan(gateway, { id: "shop", secret, modules: MODULES })).toBe(200);
  expect(gateway.text()).toContain(`secret: ${secret}`);
});

test.each(["$ADMIN_SECRET", "$OTHER_SECRET", "$SHOP_SECRET", "$NOT_THERE", "‹kept:0123456789abcdef›"])(
  "but not to %s, which stands for a secret that is elsewhere",
  async (secret) => {
    const text = CONFIG.replace("secret: $SHOP_SECRET", "secret: one-of-its-own-of-thirty-two-bytes");
    const gateway = await administered(text);
    for (const given of [{ secret }, { secrets: [secret] }, { auth: { secrets: [secret] } }, { "<<": { secret } }]) {
      for (const rules of [{ modules: MODULES }, { services: OPEN }]) {
        expect([400, 403]).toContain(await sendAsJoan(gateway, { id: "shop", ...rules, ...given }));
      }
    }
    expect(gateway.text()).toBe(text);
  },
);

test("the name of a variable that stands there stays", async () => {
  const gateway = await administered();
  expect(await sendAsJoan(gateway, { id: "shop", secret: "$SHOP_SECRET", modules: MODULES })).toBe(200);
  expect(gateway.text()).toContain("secret: $SHOP_SECRET");
});

test("whoever may change all of it may bring the name of a variable", async () => {
  const gateway = await administered();
  const body = { id: "other", secret: "$SHOP_SECRET", modules: {} };
  expect((await gateway.ask("POST", PROJECTS, { token: await gateway.login("ada"), body })).status).toBe(200);
});
