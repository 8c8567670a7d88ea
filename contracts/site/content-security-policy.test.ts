import { describe, expect, test } from "vitest";
import { contentSecurityPolicy } from "./content-security-policy.ts";

describe("the content security policy", () => {
  const policy = contentSecurityPolicy({ apiOrigin: "https://api.example.com", trustedTypes: false });

  test("allows nothing that it does not name", () => {
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self' https://api.example.com; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test("refuses text as markup or script where the console is", () => {
    expect(contentSecurityPolicy({ apiOrigin: "https://api.example.com", trustedTypes: true })).toBe(
      `${policy}; require-trusted-types-for 'script'; trusted-types 'none'`,
    );
  });

  test("allows neither inline code nor wildcards", () => {
    expect(policy).not.toMatch(/unsafe|\*/);
  });
});
