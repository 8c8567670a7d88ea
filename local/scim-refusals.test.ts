import { describe, expect, test } from "vitest";
import { SCIM } from "../contracts/scim/schemas.ts";
import { all } from "./test/control-server.ts";
import { patch } from "./test/identity-provider.ts";
import { scimClient } from "./test/scim-client.ts";

describe("a request of SCIM", () => {
  test.each([
    ["POST", "/Users", "{", 400, "invalidSyntax", "JSON"],
    ["POST", "/Users", {}, 400, "invalidValue", "`userName` is required"],
    [
      "POST",
      "/Users",
      { userName: "ann" },
      400,
      "invalidValue",
      `got "ann"; map userName to the user's e-mail address`,
    ],
    ["POST", "/Users", { userName: "\u212Aate@example.com" }, 400, "invalidValue", "userName"],
    ["POST", "/Users", { userName: "owner@org-a.example" }, 409, "uniqueness", "exists already"],
    [
      "POST",
      "/Users",
      { userName: "a@example.com", active: "yes" },
      400,
      "invalidValue",
      '`active` must be a boolean, got "yes"',
    ],
    ["GET", "/Users?filter=title%20pr", undefined, 400, "invalidFilter", 'userName eq "…"'],
    ["GET", "/Users?filter=title%20pr", undefined, 400, "invalidFilter", 'got "title pr"'],
    ["GET", "/Users?count=1e1", undefined, 400, "invalidValue", 'without leading zeros, got "1e1"; correct it.'],
    ["GET", "/Users?count=1&count=2", undefined, 400, "invalidValue", "`count` must come once in the query"],
    ["PATCH", "/Users/user-none", patch({ op: "replace", value: { active: false } }), 404, undefined, "user-none"],
    ["PATCH", "/Users/user-none", {}, 400, "invalidValue", "Operations"],
    ["POST", "/Groups", { displayName: "G", members: [{ value: "user-none" }] }, 400, "invalidValue", "user-none"],
    ["POST", "/Bulk", {}, 404, undefined, "path"],
    ["PUT", "/Users", {}, 405, undefined, "GET, POST"],
  ])("%s %s %j is refused with %i", async (method, path, body, status, scimType, detail) => {
    const { scim, organization } = await scimClient();
    const refused = await scim(method, path, body);
    expect(refused).toMatchObject({ status, type: "application/scim+json" });
    expect(refused.body).toMatchObject({ schemas: [SCIM.error], status: String(status) });
    expect(refused.body.scimType).toBe(scimType);
    expect(refused.body.detail).toContain(detail);
    expect((await all(organization.users.list())).length).toBe(1);
    expect((await all(organization.groups.list())).length).toBe(0);
  });
});
