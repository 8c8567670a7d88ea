import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "../../test-support/waits/eventually.ts";
import { ByteBudget, HeldBytes } from "../shares/byte-budget.ts";
import { ChatSocket } from "./chat-socket.ts";
import { ReceivedBytes } from "./received-bytes.ts";

const NEVER = { held: new HeldBytes(), evict: () => undefined };

describe("the bytes that a connection received", () => {
  test("are held until their message is whole", () => {
    const budget = new ByteBudget(1_000_000);
    const received = new ReceivedBytes(budget, NEVER);
    received.chunk(65_536);
    received.chunk(34_472);
    expect(budget.total).toBe(100_008);
    received.message(100_000);
    expect(budget.total).toBe(0);
  });

  test("stay held when a ping comes between the parts of a message", () => {
    const budget = new ByteBudget(10_000_000);
    const received = new ReceivedBytes(budget, NEVER);
    for (let part = 1; part <= 3; part++) {
      received.chunk(1_000_014);
      received.chunk(6 + 125);
      received.control(125);
      expect(budget.total).toBe(part * 1_000_014);
    }
    received.message(3_000_000);
    expect(budget.total).toBeLessThan(200);
  });

  test("are none once a client's requests and pings are taken", async () => {
    const budget = new ByteBudget(1_000_000);
    const [server, sockets] = [createServer(), new WebSocketServer({ noServer: true })];
    let served = 0;
    const respond = async () => {
      served++;
      return { status: 200, headers: {}, body: { kind: "bytes", bytes: Buffer.from("{}") } } as const;
    };
    server.on("upgrade", (request, connection, head) =>
      sockets.handleUpgrade(request, connection, head, (socket) => {
        new ChatSocket(socket, { post: respond, maxWaitingBytes: 1_000_000, connection, budget, idleMs: 60_000 });
      }),
    );
    await once(server.listen(0, "127.0.0.1"), "listening");
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.terminate();
      server.close();
    });
    await once(client, "open");
    for (const bytes of [10, 60_000, 200_000]) {
      client.send("x".repeat(bytes));
      client.ping("x".repeat(100));
      await once(client, "pong");
    }
    await eventually(() => expect(served).toBe(3));
    await eventually(() => expect(budget.total).toBe(0));
  });
});
