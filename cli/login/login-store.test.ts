import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { type Login, LoginStore, loginFolder } from "./login-store.ts";

const URL = "https://api.example.com";
const login = (person: string): Login => ({ issuer: "https://login.example.com", clientId: "sluice", person });

/** Some number that is no process of this machine: above Linux's highest, 2^22. */
const NO_PROCESS = 4_194_305;

function setUp() {
  const folder = join(temporaryFolder(), "sluice");
  return { folder, store: new LoginStore(folder) };
}

describe("stored logins", () => {
  test("are in a file of mode 600 in a folder of mode 700, one for each API", async () => {
    const { folder, store } = setUp();
    expect(store.read(URL)).toBeUndefined();
    await store.locked(async () => store.write(`${URL}/`, login("ada")));
    await store.locked(async () => store.write("https://other.example.com", login("eve")));
    expect(store.read(URL)).toMatchObject({ person: "ada" });
    expect(statSync(join(folder, "logins.json")).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await store.locked(async () => store.write(URL, undefined));
    expect([store.read(URL), store.read("https://other.example.com")?.person]).toEqual([undefined, "eve"]);
  });

  test("change one process at a time", async () => {
    const { folder } = setUp();
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside--;
    };
    await Promise.all([1, 2, 3, 4].map(() => new LoginStore(folder).locked(work)));
    expect(most).toBe(1);
  });

  test("are not locked for ever by a process that has ended, nor by work that failed", async () => {
    const { folder, store } = setUp();
    await store.locked(async () => {});
    writeFileSync(join(folder, "logins.lock"), `${NO_PROCESS} gone`);
    await store.locked(async () => store.write(URL, login("ada")));
    await expect(store.locked(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await store.locked(async () => store.read(URL)?.person)).toBe("ada");
    expect(() => readFileSync(join(folder, "logins.lock"))).toThrow();
  });

  test("that are no logins are an error with its remedy", () => {
    const { folder, store } = setUp();
    return store
      .locked(async () => writeFileSync(join(folder, "logins.json"), "{"))
      .then(() => expect(() => store.read(URL)).toThrow(/is not a file of logins; remove it and run `sluice login`/));
  });

  test("are in XDG's folder of states, or in the home folder", () => {
    expect(loginFolder({ XDG_STATE_HOME: "/state" })).toBe("/state/sluice");
    expect(loginFolder({})).toMatch(/\/\.local\/state\/sluice$/);
  });
});
