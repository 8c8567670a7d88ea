import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { Pool } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { ADDRESS_REFUSED, isPublicAddress, type Lookup } from "../../lib/address-guard.ts";
import { guardedConnector } from "./guarded-connector.ts";

/** A resolver with these hosts. */
const resolver =
  (hosts: Readonly<Record<string, readonly string[]>>): Lookup =>
  (host, _options, done) =>
    done(
      null,
      (hosts[host] ?? []).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

async function startServer() {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    if (request.url === "/moved")
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end();
    else response.end("here");
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, requests: () => requests };
}

function poolOf(origin: string, hosts: Readonly<Record<string, readonly string[]>>, allowPrivateHosts: string[] = []) {
  const pool = new Pool(origin, {
    connect: guardedConnector({ allowPrivateHosts, lookup: resolver(hosts), connectMs: 1000 }),
  });
  onTestFinished(() => pool.destroy());
  return pool;
}

describe("an address is public", () => {
  test.each(["1.1.1.1", "8.8.8.8", "52.94.5.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])("%s is", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    "127.0.0.1",
    "10.0.0.1",
    "172.16.9.9",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:fbff:80ff:fffe",
    "2001:db8::1",
    "not an address",
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test("exactly when it is so written as IPv6", () => {
    void fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });
});

describe("a connection to a provider", () => {
  test.each([
    ["loopback", ["127.0.0.1"]],
    ["metadata", ["169.254.169.254"]],
    ["one public and one private address", ["1.1.1.1", "10.0.0.1"]],
    ["loopback written as IPv6", ["::ffff:127.0.0.1"]],
  ])("is refused when the name leads to %s", async (_, addresses) => {
    const { port, requests } = await startServer();
    const pool = poolOf(`http://provider.test:${port}`, { "provider.test": addresses });
    await expect(pool.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    expect(requests()).toBe(0);
  });

  test.each(["127.0.0.1", "[::1]", "2130706433", "0x7f.1"])("is refused to the literal address %s", async (host) => {
    const { port, requests } = await startServer();
    const pool = poolOf(new URL(`http://${host}:${port}`).origin, {});
    await expect(pool.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    expect(requests()).toBe(0);
  });

  test("goes to a private address whose host is allowed by name, and to no other", async () => {
    const { port } = await startServer();
    const hosts = { "ollama.test": ["127.0.0.1"], "other.test": ["127.0.0.1"] };
    const allowed = poolOf(`http://ollama.test:${port}`, hosts, ["ollama.test"]);
    expect((await allowed.request({ method: "GET", path: "/" })).statusCode).toBe(200);
    const other = poolOf(`http://other.test:${port}`, hosts, ["ollama.test"]);
    await expect(other.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
  });

  test.each(["169.254.169.254", "::ffff:169.254.170.2", "fe80::1", "fd00:ec2::254"])(
    "never goes to %s, where credentials are, whatever is allowed",
    async (address) => {
      const literal = address.includes(":") ? `[${address}]` : address;
      const byName = poolOf("http://metadata.test", { "metadata.test": [address] }, ["metadata.test"]);
      await expect(byName.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
      const { origin, hostname } = new URL(`http://${literal}`);
      const byAddress = poolOf(origin, {}, [address, hostname.replace(/[[\]]/g, "")]);
      await expect(byAddress.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    },
  );

  // documented: redirect-not-followed
  test("is not redirected anywhere", async () => {
    const { port, requests } = await startServer();
    const pool = poolOf(`http://ollama.test:${port}`, { "ollama.test": ["127.0.0.1"] }, ["ollama.test"]);
    expect((await pool.request({ method: "GET", path: "/moved" })).statusCode).toBe(302);
    expect(requests()).toBe(1);
  });

  test("resolves again for each connection, so that a name can't change its address afterwards", async () => {
    const { port, requests } = await startServer();
    const addressLists = [["1.1.1.1"], ["127.0.0.1"]];
    const resolved: string[][] = [];
    const lookup: Lookup = (_host, _options, done) => {
      const addresses = addressLists.shift() ?? ["127.0.0.1"];
      resolved.push(addresses);
      // The first, public answer is never dialled in this test: it only shows that no verdict is cached.
      if (resolved.length === 1) return done(Object.assign(new Error("later"), { code: "EAI_AGAIN" }), []);
      done(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    };
    const pool = new Pool(`http://rebinding.test:${port}`, {
      connect: guardedConnector({ allowPrivateHosts: [], lookup, connectMs: 1000 }),
    });
    onTestFinished(() => pool.destroy());
    await expect(pool.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: "EAI_AGAIN" });
    await expect(pool.request({ method: "GET", path: "/" })).rejects.toMatchObject({ code: ADDRESS_REFUSED });
    expect(requests()).toBe(0);
  });
});
