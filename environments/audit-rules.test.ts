import { describe, expect, test } from "vitest";
import { loadEnvironment } from "./load.ts";
import { resolveEnvironment, validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");
const { auditLock: _, auditDays: __, ...api } = dev.api;

/** The settings that an environment with a control API gets. */
function auditOf(settings: object, deletionProtection: boolean) {
  const input = { ...dev, deletionProtection, api: { ...api, controlApi: true, ...settings } };
  const { auditLock, auditDays } = resolveEnvironment(input, "environments/dev.ts").environment.api;
  return [auditLock, auditDays];
}

function messageOf(settings: object, deletionProtection = true, controlApi = true): string {
  try {
    const input = { ...dev, deletionProtection, api: { ...dev.api, controlApi, ...settings } };
    validateEnvironment(input, "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe("api.auditLock and api.auditDays", () => {
  // documented: audit-lock-defaults
  test("lock for a year where the environment is protected, and for a day that can be ended where it may be destroyed", () => {
    expect(auditOf({}, true)).toEqual(["compliance", 365]);
    expect(auditOf({}, false)).toEqual(["governance", 1]);
    expect(auditOf({ auditLock: "governance", auditDays: 30 }, true)).toEqual(["governance", 30]);
  });

  test("are accepted from one day to S3's own maximum", () => {
    for (const auditDays of [1, 36_500]) expect(messageOf({ auditLock: "compliance", auditDays })).toBe("");
  });

  test.each<readonly [object, RegExp]>([
    [{ auditDays: 0 }, /api\.auditDays: must be at least 1, got 0/],
    [{ auditDays: 36_501 }, /api\.auditDays: must be at most 36500, got 36501/],
    [{ auditDays: 1.5 }, /api\.auditDays: .*1\.5/],
    [{ auditDays: "a year" }, /api\.auditDays: .*"a year"/],
    [{ auditLock: "none" }, /api\.auditLock: .*compliance.*governance.*none/],
    [{ auditLock: null }, /api\.auditLock: .*null/],
  ])("%j is refused with the field, the value and the rule", (settings, message) => {
    expect(messageOf({ auditLock: "governance", auditDays: 30, ...settings })).toMatch(message);
  });

  // documented: audit-lock-compliance
  test("a lock that nobody can end is refused where the environment may be destroyed, with what to set", () => {
    const message = messageOf({ auditLock: "compliance", auditDays: 90 }, false);
    expect(message).toMatch(
      /api\.auditLock: must be governance where deletionProtection is false: .* for 90 days, got "?compliance"?/,
    );
    expect(message).toMatch(/set api\.auditLock to governance, or deletionProtection to true/);
    expect(messageOf({ auditLock: "compliance" }, false, false)).toBe("");
  });
});
