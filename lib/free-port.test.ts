import { once } from "node:events";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "./free-port.ts";

test("a server can listen on a free port", async () => {
  const port = await freePort();
  const server = createServer();
  server.listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  expect(server.address()).toMatchObject({ port });
});

test("a free port is none that the system may choose for a connection meanwhile, and two differ", async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, freePort));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(ports).size).toBeGreaterThan(10);
});
