import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { longestTurn } from "../../test-support/longest-turn.ts";
import { fetchDocument, IssuerUnavailable } from "./fetch-document.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** An address that responds with this, and with the rest again and again. */
async function serve(head: string, rest = ""): Promise<string> {
  const sockets = new Set<Socket>();
  const repeated = Buffer.from(rest.repeat(rest === "" ? 0 : Math.ceil(2_000_000 / rest.length)));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write(head);
      socket.write(repeated);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
}

test("a document is read, and its connection is over then", async () => {
  const body = '{"keys":[]}';
  const url = await serve(
    `HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n${OK}content-length: ${body.length}\r\n\r\n${body}`,
  );
  expect(await fetchDocument(url)).toEqual({ keys: [] });
});

test.each([
  ["empty headers", OK, "a:\r\n"],
  ["headers", OK, "a: b\r\n"],
  ["one header", `${OK}a: `, "x"],
  ["early hints", "", "HTTP/1.1 103 E\r\nlink: <a>\r\n\r\n"],
  ["trailers", `${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, "a:\r\n"],
  ["chunks of a byte", `${OK}transfer-encoding: chunked\r\n\r\n`, "1\r\n[\r\n"],
  ["lists", `${OK}\r\n`, "["],
])("an address that sends %s without end is refused, and other work has its turns", async (_name, head, rest) => {
  const url = await serve(head, rest);
  const turns: number[] = [];
  for (let round = 0; round < 3; round++)
    turns.push(await longestTurn(() => expect(fetchDocument(url)).rejects.toThrow(IssuerUnavailable)));
  // Seen: 18 ms at most on a busy machine, for chunks of a byte. `fetch` took 150 ms for the empty headers.
  expect(Math.min(...turns)).toBeLessThan(100);
});

test("every other end has its reason, and nothing is left that could end the process later", async () => {
  const ends = [
    [
      `${OK}content-encoding: ${"gzip, ".repeat(20)}gzip\r\n\r\n${"x".repeat(300_000)}`,
      "it is larger than 262144 bytes",
    ],
    ["HTTP/1.1 302 Found\r\nlocation: /other\r\n\r\n", "status 302"],
    ["HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", ""],
    ["SSH-2.0-OpenSSH_9\r\n", "Parse Error"],
    [`${OK}content-length: 20\r\n\r\n{`, "no response within 3 s"],
    ["", "no response within 3 s"],
  ] as const;
  const check = async ([sent, reason]: (typeof ends)[number]) => {
    const url = await serve(sent);
    await expect(fetchDocument(url)).rejects.toThrow(`The issuer's document ${url} can't be read: ${reason}`);
  };
  await Promise.all(ends.map(check));
  // Longer than the time that a document has: what is left of a request would end the process now.
  await sleep(3500);
});

test("an address that can't be called is a reason", async () => {
  await expect(fetchDocument("http://127.0.0.1:1/keys")).rejects.toThrow("can't be read: connect ECONNREFUSED");
});
