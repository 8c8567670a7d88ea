import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERRORS, errorBody, errorEntry } from "./errors.ts";

const page = readFileSync(join(import.meta.dirname, "../..", "docs", "errors.md"), "utf8");
/** Code → [status, type] in the page's table. */
const documented = new Map(
  [...page.matchAll(/^\| `(\w+)` \| (\d{3}) \| `(\w+)` \|/gm)].map(([, code = "", status, type]) => [
    code,
    [Number(status), type],
  ]),
);

describe("error catalogue", () => {
  test("docs/errors.md lists exactly the codes of the catalogue, with status and type", () => {
    const catalogue = Object.entries(ERRORS).map(([code, { status, type }]) => [code, [status, type]]);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(catalogue));
  });

  test.each(Object.entries(ERRORS))("%s is the client's fault exactly when its status is 4xx", (_, entry) => {
    expect(entry.blame).toBe(entry.status < 500 ? "client" : "service");
  });

  test("every 429 and 503 has a Retry-After, but for a quota, which may never begin anew", () => {
    const codes = Object.keys(ERRORS) as (keyof typeof ERRORS)[];
    const silent = codes.filter((code) => {
      const { status, retryAfterSeconds } = errorEntry(code);
      return (status === 429 || status === 503) && retryAfterSeconds === undefined;
    });
    expect(silent).toEqual(["insufficient_quota"]);
  });

  test("a body names the first of several invalid fields as param and lists all of them", () => {
    const details = [
      { param: "temperature", message: "must be at most 2" },
      { param: "n", message: "must be at least 1" },
    ];
    expect(errorBody("invalid_request", { details }).error).toMatchObject({ param: "temperature", details });
  });

  test("a body without fields has a null param and no details", () => {
    expect(errorBody("not_found").error).toEqual({
      message: ERRORS.not_found.message,
      type: "invalid_request_error",
      param: null,
      code: "not_found",
    });
  });
});
