import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { IncomingBody } from "../incoming-body.ts";
import { ReceivingBodies } from "./receiving-bodies.ts";

test("of all that arrives, the bodies of the tenant that holds the most are refused, and no other's", () => {
  const bodies = new ReceivingBodies(100);
  const refused: string[] = [];
  const [one, more] = ["a1", "a2"].map((name) => bodies.open("a", () => refused.push(name)));
  const other = bodies.open("b", () => refused.push("b"));
  one?.received(40);
  other.received(30);
  more?.received(29);
  expect([bodies.total, refused]).toEqual([99, []]);
  other.received(5);
  expect(refused).toEqual(["a1", "a2"]);
  one?.end();
  more?.end();
  more?.received(50);
  expect(bodies.total).toBe(35);
  other.end();
  expect(bodies.total).toBe(0);
});

test("bodies that stand still and hold too much are refused with 503's code, and hold nothing afterwards", async () => {
  const receiving = new ReceivingBodies(1000);
  const refusals: unknown[] = [];
  const server = createServer((request, response) => {
    const body = new IncomingBody(request, response, receiving);
    (async () => await body.whole(10_000, String(request.headers["x-tenant"] ?? "a")))().catch((error: unknown) => {
      refusals.push(error);
      response.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const sockets = Array.from({ length: 5 }, () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\n${"x".repeat(250)}`);
    return new Promise((resolve) => socket.once("close", resolve));
  });
  await Promise.all(sockets);
  expect(refusals).toHaveLength(5);
  for (const refusal of refusals) expect(refusal).toMatchObject({ code: "overloaded" });
  expect(receiving.total).toBe(0);
});
