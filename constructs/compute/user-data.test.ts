import { describe, expect, test } from "vitest";
import { toSingleLineJson, userData } from "./user-data.ts";

describe("user data", () => {
  test("writes the environment between the two marker lines and starts the unit", () => {
    expect(userData({ role: "gateway", variables: { SLUICE_PORT: "8080", SLUICE_CONFIG: '{"a":1}' } })).toBe(
      [
        "#!/bin/bash",
        "set -euo pipefail",
        "install -d -m 0750 /etc/sluice",
        "cat > /etc/sluice/gateway.env <<'SLUICE_ENV'",
        "SLUICE_PORT='8080'",
        `SLUICE_CONFIG='{"a":1}'`,
        "SLUICE_ENV",
        "systemctl enable --now sluice-gateway.service",
        "",
      ].join("\n"),
    );
  });

  test.each(["it's", "two\nlines"])("refuses a value that would end its quoted line: %j", (value) => {
    expect(() => userData({ role: "engine", variables: { SLUICE_MODEL: value } })).toThrow(
      /SLUICE_MODEL must hold neither a single quote nor a line break, got .*; write it as JSON/,
    );
  });

  test("JSON with a single quote comes back as it was", () => {
    const json = toSingleLineJson({ prompt: "it's\nfine" });
    expect(json).not.toMatch(/['\n]/);
    expect(JSON.parse(json)).toEqual({ prompt: "it's\nfine" });
  });
});
