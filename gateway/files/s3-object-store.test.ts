import { expect, test } from "vitest";
import { eventually } from "../../test-support/waits/eventually.ts";
import { startObjectServer } from "../test/object-server.ts";
import { S3ObjectStore } from "./s3-object-store.ts";

async function start(timeoutMs = 100, aheadBytes = { most: 0, ofUpload: 0 }) {
  const objects = await startObjectServer();
  const options = { client: objects.s3, bucket: "b", partBytes: 10, timeoutMs, aheadBytes };
  return { ...objects, store: new S3ObjectStore(options) };
}

async function sizeOf(chunks: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.length;
  return size;
}

test.each(["no-head", "stalled-body"])("a read that stalls (%s) ends in time with a TimeoutError", async (key) => {
  const { store, busySockets, openResponses } = await start();
  await expect(sizeOf(store.read(key))).rejects.toMatchObject({ name: "TimeoutError" });
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("a reader that takes longer than the time limit between two chunks gets the whole object", async () => {
  const { store } = await start(500);
  let size = 0;
  for await (const chunk of store.read("whole")) {
    size += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  expect(size).toBe(65_536);
});

test.each(["no-head", "stalled-body"])(
  "a read that stalls (%s) ends at once when its reader closes it",
  async (key) => {
    const { store, busySockets, openResponses, requests } = await start(60_000);
    const chunks = store.read(key)[Symbol.asyncIterator]();
    if (key === "stalled-body") await chunks.next();
    const next = chunks.next();
    await eventually(() => expect(requests).toHaveLength(1));
    await chunks.return?.();
    expect((await next).done).toBe(true);
    expect((await chunks.next()).done).toBe(true);
    await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
  },
);

test("a write without a response ends in time, in one piece or in parts", async () => {
  const { store, writes, busySockets, openResponses } = await start();
  writes.areUnanswered = true;
  const whole = store.upload("k");
  await whole.write(Buffer.from("1"));
  await expect(whole.finish()).rejects.toThrow();
  const parts = store.upload("k");
  await parts.write(Buffer.alloc(20));
  await expect(parts.write(Buffer.alloc(20))).rejects.toThrow();
  await parts.abort();
  const last = store.upload("k");
  await last.write(Buffer.alloc(20));
  await expect(last.finish()).rejects.toThrow();
  await last.abort();
  await expect(store.delete("k")).rejects.toThrow();
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("an upload that is aborted ends the write that runs, begins no other one, and is removed once", async () => {
  const { store, writes, requests, busySockets, openResponses } = await start(60_000);
  const upload = store.upload("k");
  await upload.write(Buffer.alloc(20));
  await eventually(() => expect(requests.some((one) => one.includes("partNumber=1"))).toBe(true));
  await eventually(() => expect(openResponses()).toBe(0));
  writes.areUnanswered = true;
  await upload.write(Buffer.alloc(20));
  const stalled = upload.write(Buffer.alloc(20));
  const queued = upload.write(Buffer.alloc(20));
  await eventually(() => expect(requests.some((one) => one.includes("partNumber=2"))).toBe(true));
  writes.areUnanswered = false;
  const ends = Promise.allSettled([stalled, queued]);
  await Promise.all([upload.abort(), upload.abort()]);
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(upload.write(Buffer.alloc(20))).rejects.toThrow("The upload was aborted.");
  expect(requests.filter((one) => one.includes("?uploads"))).toHaveLength(1);
  expect(requests.filter((one) => one.startsWith("DELETE"))).toHaveLength(1);
  await eventually(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("parts wait behind one that the store stalls, up to the bounds of an upload and of all, and are sent in their order", async () => {
  const { store, writes, requests } = await start(60_000, { most: 60, ofUpload: 40 });
  writes.areUnanswered = true;
  const [one, two] = [store.upload("one"), store.upload("two")];
  const isTaken = async (written: Promise<void>) => {
    written.catch(() => undefined);
    const later = new Promise<false>((resolve) => setTimeout(() => resolve(false), 100));
    return Promise.race([written.then(() => true), later]);
  };
  const taken = (upload: typeof one) => isTaken(upload.write(Buffer.alloc(20)));
  // The first is sent, two wait behind it; the last is held by its writer.
  expect([await taken(one), await taken(one), await taken(one), await taken(one)]).toEqual([true, true, true, false]);
  expect([await taken(two), await taken(two), await taken(two)]).toEqual([true, true, false]);
  await one.abort();
  expect(await taken(two)).toBe(false);
  await two.abort();
  writes.areUnanswered = false;
  const three = store.upload("three");
  for (let part = 0; part < 6; part++) await three.write(Buffer.alloc(20));
  expect(await three.finish()).toBe(120);
  const sent = requests.filter((request) => request.includes("/three?partNumber"));
  expect(sent.map((request) => /partNumber=(\d+)/.exec(request)?.[1])).toEqual(["1", "2", "3", "4", "5", "6"]);
});
