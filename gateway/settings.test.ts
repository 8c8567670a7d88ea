import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";
import { testConfig } from "./test/test-gateway.ts";

const SLUICE_CONFIG = JSON.stringify(testConfig());

test("ports, address and level have defaults", () => {
  expect(readSettings({ SLUICE_CONFIG })).toEqual({
    config: testConfig(),
    host: "0.0.0.0",
    port: 8080,
    metricsPort: 9090,
    logLevel: "info",
    providerKeys: {},
    spool: join(tmpdir(), "sluice-usage"),
  });
});

test("reads what is set", () => {
  const environment = {
    SLUICE_CONFIG,
    SLUICE_HOST: "127.0.0.1",
    SLUICE_PORT: "0",
    SLUICE_METRICS_PORT: "1",
    SLUICE_LOG_LEVEL: "warn",
    SLUICE_PROVIDER_KEY_A: "k",
  };
  expect(readSettings(environment)).toMatchObject({
    host: "127.0.0.1",
    port: 0,
    metricsPort: 1,
    logLevel: "warn",
    providerKeys: { SLUICE_PROVIDER_KEY_A: "k" },
  });
});

test("lists every problem in one line", () => {
  const config = JSON.stringify({ ...testConfig(), auth: "maybe", extra: 1, models: [] });
  const read = () =>
    readSettings({
      SLUICE_CONFIG: config,
      SLUICE_PORT: "eighty",
      SLUICE_METRICS_PORT: "70000",
      SLUICE_LOG_LEVEL: "loud",
    });
  expect(read).toThrow(/SLUICE_PORT must be a port from 0 to 65535, got eighty/);
  expect(read).toThrow(/SLUICE_METRICS_PORT .* got 70000/);
  expect(read).toThrow(/SLUICE_LOG_LEVEL .* got loud/);
  expect(read).toThrow(/SLUICE_CONFIG auth: /);
  expect(read).toThrow(/SLUICE_CONFIG models: /);
  expect(read).toThrow(/extra/);
  expect(read).toThrow(/^[^\n]*$/);
});

test.each([undefined, "", "{", "[]"])("SLUICE_CONFIG %j is refused", (text) => {
  expect(() => readSettings(text === undefined ? {} : { SLUICE_CONFIG: text })).toThrow(/SLUICE_CONFIG/);
});

test("an engine listener that is no URL is refused before anything starts", () => {
  const config = JSON.stringify(testConfig({ engineListenerUrl: "internal-lb:8000 " }));
  expect(() => readSettings({ SLUICE_CONFIG: config })).toThrow(/engineListenerUrl must be an http URL/);
});

test("the shared store's address must be one, and the environment's own wins over the configuration's", () => {
  const config = JSON.stringify(testConfig({ valkeyUrl: "rediss://store:6379" }));
  const read = (url?: string) =>
    readSettings({ SLUICE_CONFIG: config, ...(url === undefined ? {} : { SLUICE_VALKEY_URL: url }) }).config.valkeyUrl;
  expect(read()).toBe("rediss://store:6379");
  expect(read("redis://127.0.0.1:1234")).toBe("redis://127.0.0.1:1234");
  expect(read("")).toBeNull();
  const wrong = JSON.stringify(testConfig({ valkeyUrl: "http://store:6379" }));
  expect(() => readSettings({ SLUICE_CONFIG: wrong })).toThrow(/valkeyUrl must be a redis:\/\/ or rediss:\/\/ URL/);
});
