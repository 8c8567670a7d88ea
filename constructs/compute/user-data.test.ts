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

  test("refuses a variable that no process takes, by its bytes and with the values of its references", () => {
    const variables = (value: string) => ({ role: "gateway" as const, variables: { SLUICE_CONFIG: value } });
    expect(userData(variables("x".repeat(131_057)))).toContain("SLUICE_CONFIG='xxx");
    expect(() => userData(variables("x".repeat(131_058)))).toThrow(
      "SLUICE_CONFIG has about 131073 bytes, and a process takes at most 131072",
    );
    expect(() => userData(variables("é".repeat(70_000)))).toThrow(/declare fewer models, routes or targets/);
    expect(() => userData(variables(`\${aws_lb.x.arn}`.repeat(1600)))).toThrow(/SLUICE_CONFIG has about 137\d+ bytes/);
  });

  test("refuses a script that EC2 would not take, compressed as the fleet sends it", () => {
    const models = Array.from(
      { length: 300 },
      (_, at) => `{"id":"model-${at}","targetGroupArn":"\${aws_lb.m${at}.arn}"}`,
    );
    expect(() => userData({ role: "gateway", variables: { SLUICE_CONFIG: models.join() } })).toThrow(
      /User data of gateway has about \d{5} bytes when compressed, and EC2 takes at most 16384; declare fewer models/,
    );
    expect(() =>
      userData({ role: "gateway", variables: { SLUICE_CONFIG: models.slice(0, 150).join() } }),
    ).not.toThrow();
  });

  test("JSON with a single quote comes back as it was", () => {
    const json = toSingleLineJson({ prompt: "it's\nfine" });
    expect(json).not.toMatch(/['\n]/);
    expect(JSON.parse(json)).toEqual({ prompt: "it's\nfine" });
  });
});
