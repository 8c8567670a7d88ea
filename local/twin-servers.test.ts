import { describe, expect, onTestFinished, test } from "vitest";
import { call, serve } from "./test/tools.ts";
import { TwinServers } from "./twin-servers.ts";

async function opened() {
  const servers = new TwinServers();
  onTestFinished(() => servers.close());
  const addresses = await servers.open({ apiPort: 0, sitePort: 0 });
  const get = (url: string, headers = {}) => call(Number(new URL(url).port), "/", { headers });
  return { servers, addresses, get };
}

describe("the twin's addresses", () => {
  test("respond 503 with Retry-After until they have a handler", async () => {
    const { addresses, get } = await opened();
    for (const url of Object.values(addresses))
      expect(await get(url)).toMatchObject({ status: 503, headers: { "retry-after": "1" }, body: "starting" });
  });

  test("then have a handler each, and the API's takes upgrades too", async () => {
    const { servers, addresses, get } = await opened();
    const named = (name: string) => (_request: unknown, response: { end(text: string): unknown }) =>
      void response.end(name);
    servers.serve({
      api: named("api"),
      apiUpgrade: (_request, socket) => void socket.end("HTTP/1.1 400 Upgraded\r\ncontent-length: 0\r\n\r\n"),
      site: named("site"),
      dashboard: named("dashboard"),
      aws: named("aws"),
    });
    expect((await get(addresses.apiUrl)).body).toBe("api");
    expect((await get(addresses.siteUrl)).body).toBe("site");
    expect((await get(addresses.dashboardUrl)).body).toBe("dashboard");
    expect((await get(addresses.awsUrl)).body).toBe("aws");
    const upgrade = { connection: "upgrade", upgrade: "websocket" };
    expect((await get(addresses.apiUrl, upgrade)).status).toBe(400);
    expect((await get(addresses.siteUrl, upgrade)).body).toBe("site");
  });

  test("on a taken port are refused with the setting that changes it", async () => {
    const port = await serve(() => {});
    const servers = new TwinServers();
    onTestFinished(() => servers.close());
    await expect(servers.open({ apiPort: 0, sitePort: port })).rejects.toThrow(/set SLUICE_SITE_PORT to another port/);
  });
});
