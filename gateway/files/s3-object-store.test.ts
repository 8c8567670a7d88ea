import { expect, test, vi } from "vitest";
import { startObjectServer } from "../test/object-server.ts";
import { S3ObjectStore } from "./s3-object-store.ts";

async function start(timeoutMs = 100) {
  const objects = await startObjectServer();
  return { ...objects, store: new S3ObjectStore({ client: objects.s3, bucket: "b", partBytes: 10, timeoutMs }) };
}

async function sizeOf(chunks: AsyncIterable<Buffer>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.length;
  return size;
}

test.each(["no-head", "stalled-body"])("a read that stalls (%s) ends in time with a TimeoutError", async (key) => {
  const { store, busySockets, openResponses } = await start();
  await expect(sizeOf(store.read(key))).rejects.toMatchObject({ name: "TimeoutError" });
  await vi.waitFor(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
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
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    await chunks.return?.();
    expect((await next).done).toBe(true);
    expect((await chunks.next()).done).toBe(true);
    await vi.waitFor(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
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
  await vi.waitFor(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});

test("an upload that is aborted ends the write that runs, begins no other one, and is removed once", async () => {
  const { store, writes, requests, busySockets, openResponses } = await start(60_000);
  const upload = store.upload("k");
  await upload.write(Buffer.alloc(20));
  await vi.waitFor(() => expect(requests.some((one) => one.includes("partNumber=1"))).toBe(true));
  await vi.waitFor(() => expect(openResponses()).toBe(0));
  writes.areUnanswered = true;
  await upload.write(Buffer.alloc(20));
  const stalled = upload.write(Buffer.alloc(20));
  const queued = upload.write(Buffer.alloc(20));
  await vi.waitFor(() => expect(requests.some((one) => one.includes("partNumber=2"))).toBe(true));
  writes.areUnanswered = false;
  const ends = Promise.allSettled([stalled, queued]);
  await Promise.all([upload.abort(), upload.abort()]);
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(upload.write(Buffer.alloc(20))).rejects.toThrow("The upload was aborted.");
  expect(requests.filter((one) => one.includes("?uploads"))).toHaveLength(1);
  expect(requests.filter((one) => one.startsWith("DELETE"))).toHaveLength(1);
  await vi.waitFor(() => expect([busySockets(), openResponses()]).toEqual([0, 0]));
});
