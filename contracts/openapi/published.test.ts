import { describe, expect, test } from "vitest";
import { openApiDocument } from "./document.ts";

describe("the published reference", () => {
  test("docs/openapi.json is the API's own document (renew it with `npx vitest run contracts/openapi -u`)", async () => {
    const text = `${JSON.stringify(openApiDocument({ auth: "optional", controlApi: true }), null, 2)}\n`;
    expect(text).not.toContain("x-amazon-apigateway");
    await expect(text).toMatchFileSnapshot("../../docs/openapi.json");
  });

  test("has no choice without alternatives, which validators refuse", () => {
    const text = JSON.stringify(openApiDocument({ auth: "optional", controlApi: true }));
    expect(text).not.toMatch(/"(?:anyOf|oneOf|allOf|enum)":\[\]/);
  });
});
