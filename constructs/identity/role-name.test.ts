import { expect, test } from "vitest";
import { roleName } from "./role-name.ts";

test("a name of up to 64 characters is the role's own", () => {
  expect(roleName("sluice-prod-engine-phi-3-mini")).toBe("sluice-prod-engine-phi-3-mini");
  expect(roleName("r".repeat(64))).toBe("r".repeat(64));
});

test("a longer name keeps its start and gets a hash of the whole, so that two with the same start differ", () => {
  const long = roleName(`sluice-${"e".repeat(70)}a`);
  expect(long).toMatch(/^sluice-e{48}-[0-9a-f]{8}$/);
  expect(long).toHaveLength(64);
  expect(roleName(`sluice-${"e".repeat(70)}b`)).not.toBe(long);
});
