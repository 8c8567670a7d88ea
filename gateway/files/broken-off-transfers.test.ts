import { once } from "node:events";
import { type ClientRequest, get, request } from "node:http";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import type { BatchStorage } from "../batches/batch-service.ts";
import { startObjectServer } from "../test/object-server.ts";
import { startTestGateway } from "../test/test-gateway.ts";
import { DOWNLOADS, FilePages, type OwnedRequest, UPLOADS } from "./file-pages.ts";
import type { FileStore } from "./file-store.ts";
import { PART_BYTES, S3ObjectStore } from "./s3-object-store.ts";

const FORM = { method: "POST", agent: false, headers: { "content-type": "multipart/form-data; boundary=b" } } as const;
const SETTINGS = { table: "t", bucket: "b", maxFileBytes: 1e9, maxLinesInFlight: 1, maxOpenPerKey: 1 };

/** A table in which every file of every owner exists; the suffix of its id sets how its bytes are read. */
const anyFile = {
  send: async (command: unknown) => {
    if (!(command instanceof GetCommand)) return { Items: [] };
    const id = String(command.input.Key?.sk).replace("file#", "");
    const bytes = id.endsWith("whole") ? 65_536 : 1e9;
    const item = { id, owner: "o", bytes, createdAt: 1, expiresAt: 1e10, filename: "f", purpose: "batch" };
    return { Item: { ...item, objectKey: `files/${id}` } };
  },
} as unknown as BatchStorage["dynamodb"];

async function start(auth: "off" | "required" = "off") {
  const objects = await startObjectServer();
  const { url, log, keys } = await startTestGateway({
    config: { auth, batches: SETTINGS },
    batchStorage: { dynamodb: anyFile, s3: objects.s3 },
  });
  /** Headers with a key of its own. */
  const asKey = () => {
    const { keyId, hash, secret } = newApiKey();
    keys.set(keyId, { keyId, hash, name: "x", plan: "standard", createdAt: "2026-01-01T00:00:00Z" });
    return { authorization: `Bearer ${secret}` };
  };
  return { ...objects, url, log, asKey };
}

const closed = (sent: ClientRequest) =>
  new Promise<void>((resolve) => sent.on("error", () => undefined).on("close", resolve));

/** A download that ends itself: before the head, within the body, or behind its end. */
async function brokenOff(url: string, end: "before the head" | "within the body" | "after the end"): Promise<void> {
  const sent = get(url, { agent: false });
  const isOver = closed(sent);
  if (end === "before the head") setTimeout(() => sent.destroy(), 20);
  else
    sent.on("response", (response) => {
      response.on("error", () => undefined).on("data", () => end === "within the body" && response.destroy());
    });
  await isOver;
}

test.each([
  ["no-head", "before the head"],
  ["stalled-body", "within the body"],
  ["endless", "within the body"],
  ["whole", "after the end"],
] as const)(
  "200 downloads of an object that the store reads as %s, ended by their clients %s, free their sockets",
  async (object, end) => {
    const { url, busySockets, openResponses } = await start();
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 20 }, () => brokenOff(`${url}/v1/files/file-${object}/content`, end)));
    await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
    const next = await fetch(`${url}/v1/files/file-whole/content`);
    expect([next.status, (await next.text()).length]).toEqual([200, 65_536]);
  },
);

/** An upload of one part and a little more, whose form never ends; none of it waits in the socket. */
function beginUpload(url: string): ClientRequest {
  const sent = request(`${url}/v1/files`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "multipart/form-data; boundary=b" },
  });
  sent.write('--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n');
  sent.write(Buffer.alloc(PART_BYTES + 1000, "a"));
  return sent;
}

test("an upload that its client breaks off is aborted in the store and frees its socket", async () => {
  const { url, busySockets, openResponses, requests } = await start();
  const sent = beginUpload(url);
  const isOver = closed(sent);
  await eventually(() => expect(requests.some((one) => one.includes("partNumber=1"))).toBe(true));
  sent.destroy();
  await isOver;
  await eventually(() => expect(requests.some((one) => /^DELETE .*uploadId=u1/.test(one))).toBe(true));
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("20 uploads that their clients break off while the store stalls free their sockets at once", async () => {
  const { url, busySockets, openResponses, requests, writes, log } = await start();
  writes.areUnanswered = true;
  for (let round = 0; round < 4; round++) {
    const sent = Array.from({ length: 5 }, () => beginUpload(url));
    const areOver = Promise.all(sent.map(closed));
    await eventually(() => expect(requests).toHaveLength(5 * (round + 1)));
    for (const one of sent) one.destroy();
    await areOver;
  }
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
  const lines = () => log().filter(({ msg }) => msg === "request");
  await eventually(() => expect(lines()).toHaveLength(20));
  expect(lines().filter(({ status, failure }) => status !== 499 || failure !== undefined)).toEqual([]);
});

test("an upload that its client leaves while the store stalls ends at once, with 12 MiB of it still on the way", async () => {
  const { url, busySockets, openResponses, requests, writes, log } = await start();
  writes.areUnanswered = true;
  const sent = beginUpload(url);
  sent.on("error", () => undefined);
  await eventually(() => expect(requests).toHaveLength(1));
  // More than the sockets hold: the client's last bytes, and that it has left, come when these are read.
  await new Promise<void>((resolve) => {
    sent.write(Buffer.alloc(12 * 1024 * 1024, "b"), () => resolve());
  });
  sent.destroy();
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
  await eventually(() => expect(log().filter(({ msg }) => msg === "request")).toMatchObject([{ status: 499 }]));
});

test("uploads of one key that stand still are refused above its share, and taken again when one ends", async () => {
  const { url } = await start();
  const uploads = Array.from({ length: UPLOADS.mostPerCaller }, () => request(`${url}/v1/files`, FORM));
  for (const upload of uploads) upload.on("error", () => undefined).write("--b\r\n");
  const next = () => fetch(`${url}/v1/files`, { ...FORM, body: "--b--" });
  await eventually(async () => expect((await next()).status).toBe(429));
  for (const upload of uploads) upload.destroy();
  await eventually(async () => expect((await next()).status).toBe(400));
});

describe("while two keys hold every slot with transfers that stand still", () => {
  test("a third key's uploads come through, and the ones that stood still the longest end with 429", async () => {
    const { url, asKey } = await start("required");
    const form = (key: { readonly authorization: string }) => ({ ...FORM, headers: { ...FORM.headers, ...key } });
    const ended: number[] = [];
    for (const key of [asKey(), asKey()])
      for (let count = 0; count < UPLOADS.most / 2; count++) {
        const sent = request(`${url}/v1/files`, form(key));
        onTestFinished(() => void sent.destroy());
        const isAlone = new Promise((resolve) => setTimeout(resolve, 30));
        sent.on("response", (response) => ended.push(response.statusCode ?? 0)).on("error", () => undefined);
        sent.write("--b\r\n");
        await isAlone;
      }
    const third = form(asKey());
    const standing = Array.from({ length: 5 }, () => request(`${url}/v1/files`, third));
    for (const one of standing) one.on("error", () => undefined).write("--b\r\n");
    onTestFinished(() => {
      for (const one of standing) one.destroy();
    });
    await eventually(() => expect(ended).toEqual([429, 429, 429, 429, 429]));
    // Read as a form, and refused as one without a file.
    expect((await fetch(`${url}/v1/files`, { ...third, body: "--b--" })).status).toBe(400);
  });

  test("a third key's download comes through, and the one that stood still the longest is broken off", async () => {
    const { url, asKey, busySockets } = await start("required");
    const content = (file: string) => `${url}/v1/files/file-${file}/content`;
    const broken: number[] = [];
    const hold = async (headers: object, count: number) => {
      const sent = get(content("stalled-body"), { agent: false, headers: { ...headers } });
      onTestFinished(() => void sent.destroy());
      await new Promise<void>((resolve) => {
        sent.on("response", (response) => {
          response.on("error", () => broken.push(count)).resume();
          resolve();
        });
      });
    };
    const [one, two] = [asKey(), asKey()];
    for (let count = 0; count < DOWNLOADS.mostPerCaller; count++) await hold(one, count);
    for (let count = DOWNLOADS.mostPerCaller; count < DOWNLOADS.most; count++) await hold(two, count);
    const next = await fetch(content("whole"), { headers: asKey() });
    expect([next.status, (await next.text()).length]).toEqual([200, 65_536]);
    await eventually(() => expect(broken).toEqual([0]));
    await eventually(() => expect(busySockets()).toBe(DOWNLOADS.most - 1));
  });
});

test("a download whose client takes nothing and then leaves frees its socket at once", async () => {
  const { url, busySockets, openResponses } = await start();
  const sent = get(`${url}/v1/files/file-endless/content`, { agent: false });
  const isOver = closed(sent);
  // Unread, more than 5 MiB stand in the sockets on the way.
  await once(sent, "response");
  await new Promise((resolve) => setTimeout(resolve, 500));
  sent.destroy();
  await isOver;
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("a download whose reader takes nothing is ended after its idle time", async () => {
  const objects = await startObjectServer();
  const store = new S3ObjectStore({ client: objects.s3, bucket: "b" });
  const files = { objects: store, get: async () => ({ objectKey: "endless", bytes: 1e9 }) } as unknown as FileStore;
  const pages = new FilePages({ files, maxFileBytes: 1, now: Date.now, idleMs: 50 });
  const { signal } = new AbortController();
  const owned = { request: { signal }, headers: { all: {} }, owner: "o" } as unknown as OwnedRequest;
  const { body } = await pages.content(owned, "file-endless");
  let close: (() => void) | undefined;
  const sink = {
    isClosed: false,
    write: () => false,
    end: () => undefined,
    destroy: () => {
      sink.isClosed = true;
      close?.();
    },
    onDrain: () => undefined,
    onClose: (listener: () => void) => {
      close = listener;
    },
  };
  if (body.kind === "stream") await body.send(sink);
  expect(sink.isClosed).toBe(true);
  await eventually(() => expect([objects.busySockets(), objects.openResponses()]).toEqual([0, 0]));
});
