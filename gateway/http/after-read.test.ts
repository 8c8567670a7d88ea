import { expect, test } from "vitest";
import { afterRead, type ReadFollower, whileReading } from "./after-read.ts";

/** A follower that notes its name, and then does something. */
function follower(notes: string[], name: string, onEnd = () => {}): ReadFollower {
  return {
    onReadEnd() {
      notes.push(name);
      onEnd();
    },
  };
}

test("followers of a read go on behind it in their order, those of a follower too, and before any tick", async () => {
  const notes: string[] = [];
  process.nextTick(() => notes.push("tick"));
  whileReading(() => {
    afterRead(follower(notes, "first", () => afterRead(follower(notes, "third"))));
    afterRead(follower(notes, "second"));
    whileReading(() => notes.push("read within a read"));
    notes.push("read");
  });
  expect(notes).toEqual(["read within a read", "read", "first", "second", "third"]);
  await new Promise(setImmediate);
  expect(notes.at(-1)).toBe("tick");
});

test("outside of a read a follower goes on in the next tick", async () => {
  const notes: string[] = [];
  afterRead(follower(notes, "follower"));
  expect(notes).toEqual([]);
  await new Promise(setImmediate);
  expect(notes).toEqual(["follower"]);
});

test("an error of a read, or of a follower, keeps no other follower from going on", async () => {
  const notes: string[] = [];
  const fail = () => {
    throw new Error("broken");
  };
  expect(() =>
    whileReading(() => {
      afterRead(follower(notes, "of the read that fails"));
      fail();
    }),
  ).toThrow("broken");
  expect(() =>
    whileReading(() => {
      afterRead(follower(notes, "fails", fail));
      afterRead(follower(notes, "behind it"));
    }),
  ).toThrow("broken");
  await new Promise(setImmediate);
  expect(notes).toEqual(["of the read that fails", "fails", "behind it"]);
});
