import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { listenOn } from "../http/listen.ts";
import { createMetricsServer } from "./metrics-server.ts";

async function start(shares?: { readonly most: number; readonly mostPerCaller: number }) {
  let collections = 0;
  const server = createMetricsServer(async () => {
    collections++;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return [];
  }, shares);
  const port = await listenOn(server, { port: 0, host: "127.0.0.1" });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = async (): Promise<Socket> => {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    await once(
      socket.on("error", () => undefined),
      "connect",
    );
    return socket;
  };
  return { url: `http://127.0.0.1:${port}/metrics`, open, collections: () => collections };
}

describe("the metrics listener", () => {
  test("collects once for requests that come together, and again later", async () => {
    const { url, collections } = await start();
    const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await fetch(url)).status));
    expect([...new Set(statuses), collections()]).toEqual([200, 1]);
    expect([(await fetch(url)).status, collections()]).toEqual([200, 2]);
  });

  test("refuses connections of one address above its share, until one of them ends", async () => {
    const { url, open } = await start({ most: 8, mostPerCaller: 3 });
    const own = await Promise.all(Array.from({ length: 3 }, open));
    const more = await open();
    more.write("GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n");
    expect(await text(more)).toMatch(/^HTTP\/1.1 503 /);
    own[0]?.destroy();
    await eventually(async () => expect((await fetch(url, { headers: { connection: "close" } })).status).toBe(200));
  });

  test("closes a connection that sends nothing", async () => {
    const { open } = await start();
    const silent = await open();
    silent.resume();
    await once(silent, "close");
  });
});
